using OrleansStreaming.Client.Admin;
using OrleansStreaming.Records.Ids;

namespace OrleansStreaming.Cli.Clusters;

/// <summary>Topics and their offsets.</summary>
internal interface ITopics
{
    /// <summary>All topics by name.</summary>
    Task<IReadOnlyList<TopicInfo>> ListAsync(bool includeInternal, CancellationToken cancellationToken);

    /// <summary>A topic with its configs; null when there is none.</summary>
    Task<TopicInfo?> FindAsync(string topic, CancellationToken cancellationToken);

    /// <summary>Completes when the topic is seen by this connection.</summary>
    Task CreateAsync(NewTopic topic, CancellationToken cancellationToken);

    /// <summary>Grows a topic to so many partitions in all.</summary>
    Task GrowAsync(string topic, int partitionCount, CancellationToken cancellationToken);

    Task DeleteAsync(string topic, CancellationToken cancellationToken);

    /// <summary>Where <paramref name="position"/> is in each partition: the end where no record is at or after a time.</summary>
    Task<IReadOnlyDictionary<TopicPartition, Offset>> OffsetsAsync(
        IReadOnlyCollection<TopicPartition> partitions, StartPosition position, CancellationToken cancellationToken);
}
