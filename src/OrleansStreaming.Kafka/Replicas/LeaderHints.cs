using OrleansStreaming.Contracts.Cluster;
using OrleansStreaming.Records.Ids;

namespace OrleansStreaming.Kafka.Replicas;

/// <summary>Where a client that came to the wrong broker finds its leaders, so that it need not ask for metadata first (KIP-951).</summary>
internal sealed class LeaderHints(ClusterImage image)
{
    private readonly SortedDictionary<BrokerId, BrokerDescription> _endpoints = [];

    /// <summary>The brokers of all leaders found so far.</summary>
    public IReadOnlyCollection<BrokerDescription> Endpoints => _endpoints.Values;

    /// <summary>The partition's leader and epoch as this broker knows them; null when there is none.</summary>
    public (BrokerId Leader, LeaderEpoch Epoch)? Find(TopicPartition partition)
    {
        if (Topics.Find(image, partition) is not { } state || !image.Brokers.TryGetValue(state.Leader, out var broker))
        {
            return null;
        }

        _endpoints[broker.Id] = broker;
        return (state.Leader, state.LeaderEpoch);
    }
}
