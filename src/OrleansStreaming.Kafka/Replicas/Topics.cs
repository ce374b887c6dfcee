using OrleansStreaming.Contracts.Cluster;
using OrleansStreaming.Records.Errors;
using OrleansStreaming.Records.Ids;

namespace OrleansStreaming.Kafka.Replicas;

/// <summary>Looking up what a request names in the cluster image.</summary>
internal static class Topics
{
    /// <summary>
    /// The topic's name from what the version of the request carries: the name (then the id is <see cref="Guid.Empty"/>) or
    /// the id alone. UNKNOWN_TOPIC_ID when the id is not known.
    /// </summary>
    public static (string Name, ErrorCode Error) Resolve(ClusterImage image, string? name, Guid id)
    {
        if (id == Guid.Empty)
        {
            return (name ?? "", ErrorCode.None);
        }

        return image.TopicsById.TryGetValue(new TopicId(id), out var topic) ? (topic.Name, ErrorCode.None) : ("", ErrorCode.UnknownTopicId);
    }

    /// <summary>The partition's state, or null when there is no such partition.</summary>
    public static PartitionDescription? Find(ClusterImage image, TopicPartition partition) =>
        image.Topics.TryGetValue(partition.Topic, out var topic) && (uint)partition.Partition < (uint)topic.Partitions.Count
            ? topic.Partitions[partition.Partition]
            : null;

    /// <summary>Whether the broker is there.</summary>
    public static bool IsOnline(ClusterImage image, BrokerId broker) =>
        image.Brokers.TryGetValue(broker, out var description) && description.IsAlive;

    /// <summary>The error for a partition that this broker does not lead.</summary>
    public static ErrorCode WhyNotHere(ClusterImage image, TopicPartition partition) => Find(image, partition) switch
    {
        null => ErrorCode.UnknownTopicOrPartition,
        _ => ErrorCode.NotLeaderOrFollower,
    };
}
