namespace OrleansStreaming.Cli.Clusters;

/// <summary>How the members of a consumer group share the work; named as clients' <c>group.protocol</c>.</summary>
internal enum GroupProtocol
{
    /// <summary>By rebalances in which a member assigns.</summary>
    Classic,

    /// <summary>By the coordinator's assignments (KIP-848).</summary>
    Consumer,
}
