namespace OrleansStreaming.Chaos.Groups;

/// <summary>How the consumers of a group behave.</summary>
public sealed record ConsumerOptions
{
    public required string Bootstrap { get; init; }

    public string Topic { get; init; } = "chaos";

    public string Group { get; init; } = "workers";

    /// <summary>Whether partitions are handed over one by one (KIP-429) or all are given up at each rebalance.</summary>
    public bool IsCooperative { get; init; }

    public TimeSpan SessionTimeout { get; init; } = TimeSpan.FromSeconds(6);
}
