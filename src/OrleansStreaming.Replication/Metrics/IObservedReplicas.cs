namespace OrleansStreaming.Replication.Metrics;

/// <summary>The open replicas of this broker.</summary>
internal interface IObservedReplicas
{
    IEnumerable<IObservedReplica> Observed { get; }
}
