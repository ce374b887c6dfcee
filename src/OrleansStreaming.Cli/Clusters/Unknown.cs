using OrleansStreaming.Client;

namespace OrleansStreaming.Cli.Clusters;

/// <summary>What to say about names that the cluster does not know.</summary>
internal static class Unknown
{
    public static UnknownTopicException Topic(string topic) =>
        new(topic, $"There is no topic '{topic}'. 'ostream topic list' shows those there are; 'ostream topic create {topic}' creates it.");

    public static UnknownTopicException Partition(string topic, int partition, int count) =>
        new(topic, $"Topic '{topic}' has partitions 0 to {count - 1}, and no {partition}.");
}
