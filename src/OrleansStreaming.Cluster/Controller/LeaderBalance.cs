using OrleansStreaming.Cluster.Brokers;
using OrleansStreaming.Contracts.Cluster;

namespace OrleansStreaming.Cluster.Controller;

/// <summary>
/// Which leaderships go back to their preferred brokers: those of brokers that miss more than the allowed share of them, as
/// Kafka's <c>leader.imbalance.per.broker.percentage</c>. Pure.
/// </summary>
public static class LeaderBalance
{
    /// <summary>The partitions, by topic, whose preferred replica is in sync, up, and not leading.</summary>
    public static IReadOnlyList<(TopicDescription Topic, int[] Partitions)> Decide(
        IEnumerable<TopicDescription> topics, LivingBrokers living, int allowedPercentage)
    {
        var preferred = topics
            .SelectMany(topic => topic.Partitions.Select(partition => (Topic: topic, Partition: partition)))
            .GroupBy(entry => entry.Partition.Replicas[0].Value)
            .Where(broker => living.Stays(broker.Key))
            .Select(broker => (All: broker.ToArray(), Missing: broker.Where(entry => entry.Partition.Leader.Value != broker.Key).ToArray()))
            .Where(broker => (long)broker.Missing.Length * 100 > (long)broker.All.Length * allowedPercentage);
        return
        [
            .. preferred
                .SelectMany(broker => broker.Missing)
                .Where(entry => entry.Partition.InSyncReplicas.Contains(entry.Partition.Replicas[0]))
                .GroupBy(entry => entry.Topic)
                .Select(topic => (topic.Key, topic.Select(entry => entry.Partition.Partition).Order().ToArray())),
        ];
    }
}
