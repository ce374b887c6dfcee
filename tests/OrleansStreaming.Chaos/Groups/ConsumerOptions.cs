namespace OrleansStreaming.Chaos.Groups;

/// <summary>How the consumers of a group behave.</summary>
public sealed record ConsumerOptions
{
    public required string Bootstrap { get; init; }

    public string Topic { get; init; } = "chaos";

    public string Group { get; init; } = "workers";

    public GroupProtocol Protocol { get; init; }

    /// <summary>Of classic members; KIP-848's is the broker's to set.</summary>
    public TimeSpan SessionTimeout { get; init; } = TimeSpan.FromSeconds(6);
}

/// <summary>How a group comes to its assignment.</summary>
public enum GroupProtocol
{
    /// <summary>Classic: everyone gives up everything at each rebalance.</summary>
    Eager,

    /// <summary>Classic: partitions are handed over one by one (KIP-429).</summary>
    Cooperative,

    /// <summary>The coordinator assigns, without a rebalance of all (KIP-848).</summary>
    Consumer,
}
