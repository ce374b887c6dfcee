using OrleansStreaming.Records.Ids;

namespace OrleansStreaming.Cluster.Brokers;

/// <summary>Which brokers' silos are members of the cluster. Any thread.</summary>
internal interface IBrokerMembership
{
    /// <summary>The active silos that are brokers by their names, in parsable form.</summary>
    IReadOnlyList<(string Silo, BrokerId Broker)> Active { get; }

    /// <summary>Reads it anew; <see cref="Active"/> then shows all that was written before the call.</summary>
    Task RefreshAsync();

    /// <summary>Yields now and after each change of <see cref="Active"/>; a slow reader may miss some in between.</summary>
    IAsyncEnumerable<IReadOnlyList<(string Silo, BrokerId Broker)>> Changes { get; }
}
