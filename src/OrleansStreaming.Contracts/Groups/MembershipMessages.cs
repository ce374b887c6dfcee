using Orleans;
using OrleansStreaming.Records.Errors;

namespace OrleansStreaming.Contracts.Groups;

/// <summary>A protocol a member can work with, and what it has to say for it: opaque.</summary>
[GenerateSerializer, Immutable, Alias("OrleansStreaming.JoinProtocol")]
public sealed class JoinProtocol
{
    [Id(0)] public required string Name { get; init; }

    [Id(1)] public required byte[] Metadata { get; init; }
}

/// <summary>A member wants to take part in the next generation.</summary>
[GenerateSerializer, Immutable, Alias("OrleansStreaming.JoinGroupCommand")]
public sealed class JoinGroupCommand
{
    /// <summary>"" for a member that has no id yet.</summary>
    [Id(0)] public required string MemberId { get; init; }

    /// <summary>Set for static members (KIP-345).</summary>
    [Id(1)] public string? InstanceId { get; init; }

    [Id(2)] public required string ProtocolType { get; init; }

    /// <summary>Most wanted first.</summary>
    [Id(3)] public required JoinProtocol[] Protocols { get; init; }

    [Id(4)] public required int SessionTimeoutMs { get; init; }

    /// <summary>How long the others wait for it in a rebalance, in ms.</summary>
    [Id(5)] public required int RebalanceTimeoutMs { get; init; }

    [Id(6)] public string ClientId { get; init; } = "";

    [Id(7)] public string ClientHost { get; init; } = "";

    /// <summary>A new dynamic member is given an id and asked to come again with it, so that lost answers leave no ghosts (KIP-394).</summary>
    [Id(8)] public bool RequiresKnownMemberId { get; init; }

    /// <summary>The client knows that a leader may be told to keep the assignment there is (KIP-814).</summary>
    [Id(9)] public bool CanSkipAssignment { get; init; }
}

/// <summary>A generation has begun for the member, or why not.</summary>
[GenerateSerializer, Immutable, Alias("OrleansStreaming.JoinGroupResult")]
public sealed class JoinGroupResult
{
    [Id(0)] public ErrorCode Error { get; init; }

    [Id(1)] public int Generation { get; init; } = -1;

    [Id(2)] public string? ProtocolType { get; init; }

    [Id(3)] public string? Protocol { get; init; }

    /// <summary>The leader's member id; "" with an error.</summary>
    [Id(4)] public string Leader { get; init; } = "";

    [Id(5)] public string MemberId { get; init; } = "";

    [Id(6)] public bool SkipAssignment { get; init; }

    /// <summary>Everybody, for the leader alone; empty for the others.</summary>
    [Id(7)] public JoinedMember[] Members { get; init; } = [];
}

[GenerateSerializer, Immutable, Alias("OrleansStreaming.JoinedMember")]
public sealed class JoinedMember
{
    [Id(0)] public required string MemberId { get; init; }

    [Id(1)] public string? InstanceId { get; init; }

    [Id(2)] public required byte[] Metadata { get; init; }
}

/// <summary>A member asks for its assignment; the leader brings everybody's.</summary>
[GenerateSerializer, Immutable, Alias("OrleansStreaming.SyncGroupCommand")]
public sealed class SyncGroupCommand
{
    [Id(0)] public required string MemberId { get; init; }

    [Id(1)] public string? InstanceId { get; init; }

    [Id(2)] public required int Generation { get; init; }

    /// <summary>Null when the client does not say; otherwise checked.</summary>
    [Id(3)] public string? ProtocolType { get; init; }

    /// <inheritdoc cref="ProtocolType"/>
    [Id(4)] public string? Protocol { get; init; }

    [Id(5)] public MemberAssignment[] Assignments { get; init; } = [];
}

[GenerateSerializer, Immutable, Alias("OrleansStreaming.MemberAssignment")]
public sealed class MemberAssignment
{
    [Id(0)] public required string MemberId { get; init; }

    [Id(1)] public required byte[] Assignment { get; init; }
}

[GenerateSerializer, Immutable, Alias("OrleansStreaming.SyncGroupResult")]
public sealed class SyncGroupResult
{
    [Id(0)] public ErrorCode Error { get; init; }

    [Id(1)] public string? ProtocolType { get; init; }

    [Id(2)] public string? Protocol { get; init; }

    [Id(3)] public byte[] Assignment { get; init; } = [];
}

/// <summary>A member says that it is alive.</summary>
[GenerateSerializer, Immutable, Alias("OrleansStreaming.HeartbeatCommand")]
public sealed class HeartbeatCommand
{
    [Id(0)] public required string MemberId { get; init; }

    [Id(1)] public string? InstanceId { get; init; }

    [Id(2)] public required int Generation { get; init; }
}

/// <summary>Who leaves: by member id, or with "" as member id a static member by its instance id, as administrators do.</summary>
[GenerateSerializer, Immutable, Alias("OrleansStreaming.LeavingMember")]
public sealed class LeavingMember
{
    [Id(0)] public required string MemberId { get; init; }

    [Id(1)] public string? InstanceId { get; init; }
}

/// <summary>One error a member that was to leave, in their order; or one for all.</summary>
[GenerateSerializer, Immutable, Alias("OrleansStreaming.LeaveGroupResult")]
public sealed class LeaveGroupResult
{
    [Id(0)] public ErrorCode Error { get; init; }

    [Id(1)] public ErrorCode[] MemberErrors { get; init; } = [];
}
