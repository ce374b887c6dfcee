using OrleansStreaming.Contracts.Cluster;
using OrleansStreaming.Contracts.Replication;
using OrleansStreaming.Records.Ids;

namespace OrleansStreaming.Kafka.Replicas;

/// <summary>Where a client that came to the wrong broker finds its leaders, so that it need not ask for metadata first (KIP-951).</summary>
internal sealed class LeaderHints(ClusterImage image, ILocalReplicas replicas)
{
    private SortedDictionary<BrokerId, BrokerDescription>? _endpoints;

    /// <summary>The brokers of all leaders found so far.</summary>
    public IReadOnlyCollection<BrokerDescription> Endpoints => _endpoints is null ? [] : _endpoints.Values;

    /// <summary>
    /// The partition's leader and epoch by the newer of what the metadata and the replica here know; null when it has none, or
    /// one that is down.
    /// </summary>
    public (BrokerId Leader, LeaderEpoch Epoch)? Find(TopicPartition partition)
    {
        var described = Topics.Find(image, partition);
        var known = replicas.Find(partition)?.Status;
        var (leader, epoch) = known is not null && known.Leader != BrokerId.None && (described is null || known.LeaderEpoch > described.LeaderEpoch)
            ? (known.Leader, known.LeaderEpoch)
            : (described?.Leader ?? BrokerId.None, described?.LeaderEpoch ?? LeaderEpoch.None);
        if (!image.Brokers.TryGetValue(leader, out var broker) || !broker.IsAlive)
        {
            return null;
        }

        (_endpoints ??= [])[broker.Id] = broker;
        return (leader, epoch);
    }
}
