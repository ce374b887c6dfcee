using Orleans;
using OrleansStreaming.Records.Ids;

namespace OrleansStreaming.Contracts.Groups;

/// <summary>A group's position in one partition, as it was committed.</summary>
[GenerateSerializer, Immutable, Alias("OrleansStreaming.CommittedOffset")]
public sealed record CommittedOffset
{
    /// <summary>The next record to read.</summary>
    [Id(0)] public required Offset Offset { get; init; }

    /// <summary>The epoch of the last record read, for detecting a truncated log; none when the client did not say.</summary>
    [Id(1)] public LeaderEpoch LeaderEpoch { get; init; } = LeaderEpoch.None;

    /// <summary>The client's own text, "" for none.</summary>
    [Id(2)] public string Metadata { get; init; } = "";

    /// <summary>Milliseconds since 1970.</summary>
    [Id(3)] public required long CommitTimestamp { get; init; }

    /// <summary>When to forget it, in milliseconds since 1970, where an old client asked for a time of its own; else -1.</summary>
    [Id(4)] public long ExpireTimestamp { get; init; } = -1;
}
