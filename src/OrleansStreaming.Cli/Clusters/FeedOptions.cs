namespace OrleansStreaming.Cli.Clusters;

/// <summary>What is read, and from where.</summary>
internal sealed record FeedOptions
{
    public required IReadOnlyList<string> Topics { get; init; }

    /// <summary>Null for all partitions; not with a group.</summary>
    public IReadOnlyList<int>? Partitions { get; init; }

    /// <summary>Where to begin; with a group only where it has no committed position.</summary>
    public StartPosition Start { get; init; } = StartPosition.End;

    /// <summary>Read as a member of this group; null for none.</summary>
    public string? GroupId { get; init; }

    /// <summary>How the group's members agree; the consumer protocol is spoken over the Kafka port only.</summary>
    public GroupProtocol GroupProtocol { get; init; }

    /// <summary>End when every partition was read to where it ended when reading began.</summary>
    public bool StopAtEnd { get; init; }

    /// <summary>Leave out records of transactions that are open or aborted.</summary>
    public bool ReadCommitted { get; init; }
}
