using System.Collections.Concurrent;
using OrleansStreaming.Records.Ids;

namespace OrleansStreaming.Cli.Kafka.Wire;

/// <summary>What is known of the topics that are written to, until a broker says that it is no longer true. Any thread.</summary>
internal sealed class TopicViews(KafkaCluster cluster)
{
    private readonly ConcurrentDictionary<string, ClusterView> _known = new();

    /// <exception cref="Client.UnknownTopicException">There is none, also after asking for a while.</exception>
    public async ValueTask<ClusterView> GetAsync(string topic, CancellationToken cancellationToken) =>
        _known.TryGetValue(topic, out var known)
            ? known
            : _known[topic] = await cluster.ViewWithLeadersAsync([topic], cancellationToken).ConfigureAwait(false);

    public async ValueTask<int> PartitionCountAsync(string topic, CancellationToken cancellationToken) =>
        (await GetAsync(topic, cancellationToken).ConfigureAwait(false)).Topics[topic].Partitions.Count;

    public void Forget(TopicPartition partition) => _known.TryRemove(partition.Topic, out _);
}
