using Orleans;
using OrleansStreaming.Records.Errors;
using OrleansStreaming.Records.Ids;

namespace OrleansStreaming.Contracts.Groups;

/// <summary>A group's partition, by its topic's name.</summary>
[GenerateSerializer, Immutable, Alias("OrleansStreaming.GroupTopicPartition")]
public readonly record struct GroupTopicPartition([property: Id(0)] string Topic, [property: Id(1)] int Partition);

/// <summary>A position to commit.</summary>
[GenerateSerializer, Immutable, Alias("OrleansStreaming.OffsetToCommit")]
public sealed class OffsetToCommit
{
    [Id(0)] public required GroupTopicPartition Partition { get; init; }

    [Id(1)] public required Offset Offset { get; init; }

    [Id(2)] public LeaderEpoch LeaderEpoch { get; init; } = LeaderEpoch.None;

    [Id(3)] public string? Metadata { get; init; }
}

/// <summary>Commit positions, as a member of a generation or, with generation -1 and no member id, from outside.</summary>
[GenerateSerializer, Immutable, Alias("OrleansStreaming.CommitOffsetsCommand")]
public sealed class CommitOffsetsCommand
{
    [Id(0)] public string MemberId { get; init; } = "";

    [Id(1)] public string? InstanceId { get; init; }

    [Id(2)] public int Generation { get; init; } = -1;

    /// <summary>How long to keep the offsets, in ms; -1 for the broker's <c>offsets.retention.minutes</c>.</summary>
    [Id(3)] public long RetentionMs { get; init; } = -1;

    [Id(4)] public required OffsetToCommit[] Offsets { get; init; }

    /// <summary>The error for a generation of a group that is not known: old clients understand only ILLEGAL_GENERATION.</summary>
    [Id(5)] public ErrorCode UnknownGroup { get; init; } = ErrorCode.GroupIdNotFound;

    /// <summary>
    /// The client knows member epochs, so that <see cref="Generation"/> may be one: STALE_MEMBER_EPOCH. A member of a consumer group
    /// whose commits do not is answered UNSUPPORTED_VERSION.
    /// </summary>
    [Id(6)] public bool KnowsMemberEpochs { get; init; }
}

/// <summary>One error a position or partition, in their order; or one for all.</summary>
[GenerateSerializer, Immutable, Alias("OrleansStreaming.OffsetsResult")]
public sealed class OffsetsResult
{
    [Id(0)] public ErrorCode Error { get; init; }

    /// <summary>Empty with an <see cref="Error"/>.</summary>
    [Id(1)] public ErrorCode[] PartitionErrors { get; init; } = [];
}

/// <summary>Committed positions; partitions without one are absent.</summary>
[GenerateSerializer, Immutable, Alias("OrleansStreaming.FetchOffsetsResult")]
public sealed class FetchOffsetsResult
{
    [Id(0)] public ErrorCode Error { get; init; }

    [Id(1)] public OffsetEntry[] Offsets { get; init; } = [];
}

/// <summary>A partition and the position committed for it.</summary>
[GenerateSerializer, Immutable, Alias("OrleansStreaming.OffsetEntry")]
public sealed class OffsetEntry
{
    [Id(0)] public required GroupTopicPartition Partition { get; init; }

    /// <summary>Null: there is none any more.</summary>
    [Id(1)] public CommittedOffset? Value { get; init; }
}
