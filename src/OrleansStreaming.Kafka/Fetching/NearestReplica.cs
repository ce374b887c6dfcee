using OrleansStreaming.Contracts.Cluster;
using OrleansStreaming.Contracts.Configs;
using OrleansStreaming.Contracts.Replication;
using OrleansStreaming.Kafka.Replicas;
using OrleansStreaming.Kafka.Settings;
using OrleansStreaming.Records.Ids;

namespace OrleansStreaming.Kafka.Fetching;

/// <summary>
/// Chooses, on the leader, the replica that a client should read from: one in the client's own rack, when
/// <c>replica.selector.class</c> says so (KIP-392).
/// </summary>
internal sealed class NearestReplica(BrokerSettings settings)
{
    /// <summary>
    /// The broker to read from instead of the leader; null to stay: no rack is known, the leader is in it, or nobody there
    /// surely has the offset. Every in-sync replica has what is committed, so it is those, up to the high watermark.
    /// </summary>
    public BrokerId? Find(ClusterImage image, TopicPartition partition, ReplicaStatus leader, long offset, string rack)
    {
        if (rack.Length == 0
            || offset < leader.LogStart.Value || offset > leader.HighWatermark.Value
            || !ReplicaSelectors.IsRackAware(settings.Text("replica.selector.class"))
            || Topics.Find(image, partition) is not { } state || state.LeaderEpoch != leader.LeaderEpoch
            || IsIn(image, state.Leader, rack))
        {
            return null;
        }

        var near = state.InSyncReplicas.Where(replica => replica != state.Leader && IsIn(image, replica, rack)).ToArray();
        return near.Length == 0 ? null : near[partition.Partition % near.Length];
    }

    private static bool IsIn(ClusterImage image, BrokerId broker, string rack) =>
        image.Brokers.TryGetValue(broker, out var description) && description.IsAlive && description.Rack == rack;
}
