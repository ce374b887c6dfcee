using Orleans;
using OrleansStreaming.Records.Errors;

namespace OrleansStreaming.Contracts.Groups;

/// <summary>Which protocol a group's members speak with its coordinator.</summary>
public enum GroupType : byte
{
    /// <summary>Members join generations, and one of them assigns.</summary>
    Classic = 0,

    /// <summary>Members send heartbeats, and the coordinator assigns (KIP-848).</summary>
    Consumer = 1,
}

/// <summary>Where a group stands.</summary>
public enum GroupState : byte
{
    /// <summary>There is no such group.</summary>
    Dead = 0,

    /// <summary>No members, perhaps offsets.</summary>
    Empty = 1,

    /// <summary>Members are expected to join the next generation.</summary>
    PreparingRebalance = 2,

    /// <summary>All have joined; the leader's assignment is awaited.</summary>
    CompletingRebalance = 3,

    /// <summary>Every member has its assignment.</summary>
    Stable = 4,

    /// <summary>A consumer group has changed and has no new target assignment yet.</summary>
    Assigning = 5,

    /// <summary>Members of a consumer group are on their way to the target assignment.</summary>
    Reconciling = 6,
}

/// <summary>A group in a list.</summary>
[GenerateSerializer, Immutable, Alias("OrleansStreaming.GroupSummary")]
public sealed class GroupSummary
{
    [Id(0)] public ErrorCode Error { get; init; }

    [Id(1)] public required string GroupId { get; init; }

    [Id(2)] public GroupState State { get; init; }

    [Id(3)] public string ProtocolType { get; init; } = "";

    [Id(4)] public GroupType Type { get; init; }
}

/// <summary>A classic group with its members; a consumer group is GROUP_ID_NOT_FOUND here.</summary>
[GenerateSerializer, Immutable, Alias("OrleansStreaming.GroupDescription")]
public sealed class GroupDescription
{
    [Id(0)] public ErrorCode Error { get; init; }

    [Id(1)] public GroupState State { get; init; }

    [Id(2)] public string ProtocolType { get; init; } = "";

    /// <summary>The chosen protocol of a stable group, else "".</summary>
    [Id(3)] public string Protocol { get; init; } = "";

    [Id(4)] public DescribedMember[] Members { get; init; } = [];
}

/// <summary>A member; metadata and assignment only of a stable group.</summary>
[GenerateSerializer, Immutable, Alias("OrleansStreaming.DescribedMember")]
public sealed class DescribedMember
{
    [Id(0)] public required string MemberId { get; init; }

    [Id(1)] public string? InstanceId { get; init; }

    [Id(2)] public required string ClientId { get; init; }

    [Id(3)] public required string ClientHost { get; init; }

    [Id(4)] public byte[] Metadata { get; init; } = [];

    [Id(5)] public byte[] Assignment { get; init; } = [];
}
