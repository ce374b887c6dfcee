namespace OrleansStreaming.Chaos.Clusters;

/// <summary>What every broker of the cluster is started with.</summary>
public sealed record ClusterOptions
{
    public int Brokers { get; init; } = 3;

    /// <summary>Kafka broker configs, NAME=VALUE.</summary>
    public string[] Configs { get; init; } = [];

    /// <summary>Whether clients go through a proxy that can cut them off; without it they connect directly.</summary>
    public bool HasProxies { get; init; } = true;

    /// <summary>Where everything lies; null: a temporary folder that is removed.</summary>
    public string? Folder { get; init; }
}
