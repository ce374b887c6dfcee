using Orleans;

namespace OrleansStreaming.Contracts.Groups;

/// <summary>What is written down of a classic group: its last completed generation, or that it is empty.</summary>
[GenerateSerializer, Immutable, Alias("OrleansStreaming.GroupMetadata")]
public sealed class GroupMetadata
{
    /// <summary>"consumer", "connect", …; "" for a group that only ever committed offsets.</summary>
    [Id(0)] public required string ProtocolType { get; init; }

    [Id(1)] public required int Generation { get; init; }

    /// <summary>The protocol chosen for the generation; null while empty.</summary>
    [Id(2)] public string? Protocol { get; init; }

    /// <summary>The leader's member id; null while empty.</summary>
    [Id(3)] public string? Leader { get; init; }

    /// <summary>When the group came into its state, in milliseconds since 1970; -1 when unknown.</summary>
    [Id(4)] public long StateTimestamp { get; init; } = -1;

    [Id(5)] public GroupMemberMetadata[] Members { get; init; } = [];
}

/// <summary>A member of a written generation.</summary>
[GenerateSerializer, Immutable, Alias("OrleansStreaming.GroupMemberMetadata")]
public sealed class GroupMemberMetadata
{
    [Id(0)] public required string MemberId { get; init; }

    /// <summary>Set for static members (KIP-345).</summary>
    [Id(1)] public string? InstanceId { get; init; }

    [Id(2)] public required string ClientId { get; init; }

    [Id(3)] public required string ClientHost { get; init; }

    /// <summary>In ms; -1 in records of old versions: then the session timeout counts.</summary>
    [Id(4)] public int RebalanceTimeoutMs { get; init; } = -1;

    [Id(5)] public required int SessionTimeoutMs { get; init; }

    /// <summary>The member's metadata for the chosen protocol: opaque.</summary>
    [Id(6)] public required byte[] Subscription { get; init; }

    /// <summary>What the leader assigned to it: opaque.</summary>
    [Id(7)] public required byte[] Assignment { get; init; }
}
