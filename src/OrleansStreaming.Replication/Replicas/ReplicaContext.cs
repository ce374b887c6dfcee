using Microsoft.Extensions.Logging;
using OrleansStreaming.Records.Ids;
using OrleansStreaming.Replication.Metrics;

namespace OrleansStreaming.Replication.Replicas;

/// <summary>What the replicas of one process share.</summary>
/// <param name="BrokerEpoch">Under which this process is registered; -1 when it is not.</param>
internal sealed record ReplicaContext(
    BrokerId Self, long BrokerEpoch, TimeProvider Time, IReplicaPeers Peers, ReplicationMetrics Metrics, ILogger Logger)
{
    /// <summary><c>replica.lag.time.max.ms</c></summary>
    public TimeSpan MaxLag { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Tries whether the disk takes writes, at most now and then; asked only while it does not.</summary>
    public Func<bool> DiskTakesWrites { get; init; } = static () => false;
}
