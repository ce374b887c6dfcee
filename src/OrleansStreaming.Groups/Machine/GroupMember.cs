using OrleansStreaming.Contracts.Groups;

namespace OrleansStreaming.Groups.Machine;

/// <summary>A member of a group, from its join to its leave or expiry.</summary>
internal sealed class GroupMember
{
    public const long NoRequest = 0;

    public required string Id { get; init; }

    public string? InstanceId { get; init; }

    public required string ClientId { get; init; }

    public required string ClientHost { get; init; }

    public required JoinProtocol[] Protocols { get; set; }

    public required int SessionTimeoutMs { get; set; }

    public required int RebalanceTimeoutMs { get; set; }

    public byte[] Assignment { get; set; } = [];

    /// <summary>The last assignment it was told: a cooperative member goes on working by it while it joins.</summary>
    public byte[] Held { get; set; } = [];

    /// <summary>The JoinGroup that waits for the next generation.</summary>
    public long JoinRequest { get; set; }

    /// <summary>The SyncGroup that waits for the assignment.</summary>
    public long SyncRequest { get; set; }

    /// <summary>It sent a SyncGroup in this generation.</summary>
    public bool HasSynced { get; set; }

    /// <summary>It was not told its id yet, so that no heartbeat can come.</summary>
    public bool IsNew { get; set; }

    /// <summary>On the steady clock.</summary>
    public long SessionDeadline { get; set; }

    public bool IsStatic => InstanceId is not null;

    public bool IsJoining => JoinRequest != NoRequest;

    /// <summary>A member whose request is waiting here is alive as far as anyone can tell, unless it is new.</summary>
    public bool IsExpiring => IsNew || (JoinRequest == NoRequest && SyncRequest == NoRequest);

    public bool Supports(string protocol) => Array.Exists(Protocols, candidate => candidate.Name == protocol);

    public byte[] MetadataFor(string? protocol) =>
        Array.Find(Protocols, candidate => candidate.Name == protocol)?.Metadata ?? [];

    public bool HasSameProtocols(JoinProtocol[] others) =>
        Protocols.Length == others.Length
        && Protocols.Zip(others).All(pair => pair.First.Name == pair.Second.Name && pair.First.Metadata.AsSpan().SequenceEqual(pair.Second.Metadata));
}
