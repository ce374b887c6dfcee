using Orleans;
using Orleans.Concurrency;
using OrleansStreaming.Records.Errors;
using OrleansStreaming.Records.Ids;

namespace OrleansStreaming.Contracts.Groups;

/// <summary>
/// One partition of <see cref="OffsetsTopic"/> on the broker that leads it: loads what is written and writes what its groups
/// decide, everything that arrives together in one batch. Key: <see cref="GroupPartitionKey"/>. For group grains and listings.
/// </summary>
[Alias("OrleansStreaming.IGroupPartitionGrain")]
public interface IGroupPartitionGrain : IGrainWithStringKey
{
    /// <summary>What is written of a group, and the epoch under which it may write.</summary>
    [Alias("Open")]
    Task<OpenGroupResult> Open(string groupId);

    /// <summary>The group's grain goes; forget that it was opened.</summary>
    [OneWay, Alias("Close")]
    Task Close(string groupId, LeaderEpoch epoch);

    /// <summary>
    /// Answers when the records are committed, or when it is sure that they were not written. NOT_COORDINATOR: open again, they
    /// may be there or not.
    /// </summary>
    [ResponseTimeout("1.00:00:00"), Alias("Write")]
    Task<ErrorCode> Write(LeaderEpoch epoch, GroupWrite write);

    /// <summary>The ids of all groups that are written or opened.</summary>
    [Alias("List")]
    Task<GroupIdsResult> List();

    /// <summary>The replica's role or epoch may have changed.</summary>
    [OneWay, Alias("CheckLeadership")]
    Task CheckLeadership();
}

/// <summary>Records of one group, written together.</summary>
[GenerateSerializer, Immutable, Alias("OrleansStreaming.GroupWrite")]
public sealed class GroupWrite
{
    [Id(0)] public required string GroupId { get; init; }

    /// <summary>Positions to write; those without a value become tombstones.</summary>
    [Id(1)] public OffsetEntry[] Offsets { get; init; } = [];

    [Id(2)] public GroupMetadataChange MetadataChange { get; init; }

    [Id(3)] public GroupMetadata? Metadata { get; init; }

    /// <summary>Records of the consumer group protocol, in Kafka's encoding.</summary>
    [Id(4)] public GroupRecord[] Records { get; init; } = [];
}

/// <summary>A record of <see cref="OffsetsTopic"/> as it lies there; without a value, a tombstone.</summary>
[GenerateSerializer, Immutable, Alias("OrleansStreaming.GroupRecord")]
public sealed class GroupRecord
{
    [Id(0)] public required byte[] Key { get; init; }

    [Id(1)] public byte[]? Value { get; init; }
}

public enum GroupMetadataChange : byte
{
    None = 0,
    Put = 1,
    Remove = 2,
}

[GenerateSerializer, Immutable, Alias("OrleansStreaming.OpenGroupResult")]
public sealed class OpenGroupResult
{
    [Id(0)] public ErrorCode Error { get; init; }

    [Id(1)] public LeaderEpoch Epoch { get; init; } = LeaderEpoch.None;

    /// <summary>Null when none is written.</summary>
    [Id(2)] public GroupMetadata? Metadata { get; init; }

    [Id(3)] public OffsetEntry[] Offsets { get; init; } = [];

    /// <inheritdoc cref="GroupWrite.Records"/>
    [Id(4)] public GroupRecord[] Records { get; init; } = [];
}

[GenerateSerializer, Immutable, Alias("OrleansStreaming.GroupIdsResult")]
public sealed class GroupIdsResult
{
    [Id(0)] public ErrorCode Error { get; init; }

    [Id(1)] public string[] GroupIds { get; init; } = [];
}
