using OrleansStreaming.Contracts.Cluster;
using OrleansStreaming.Records.Errors;
using OrleansStreaming.Records.Ids;

namespace OrleansStreaming.Cluster.Controller;

/// <summary>What Kafka says about an election on demand (KIP-460), before it and after. Pure.</summary>
public static class ElectionOutcomes
{
    /// <summary>Why no election is held; null when one is.</summary>
    public static PartitionOutcome? Before(TopicPartition partition, TopicDescription? topic, bool isUnclean)
    {
        if (topic is null || (uint)partition.Partition >= (uint)topic.Partitions.Count)
        {
            return Of(
                partition,
                ErrorCode.UnknownTopicOrPartition,
                topic is null ? $"There is no topic '{partition.Topic}'." : $"Topic '{partition.Topic}' has no partition {partition.Partition}.");
        }

        var state = topic.Partitions[partition.Partition];
        var isNeeded = isUnclean ? state.Leader == BrokerId.None : state.Leader != state.Replicas[0];
        return isNeeded
            ? null
            : Of(partition, ErrorCode.ElectionNotNeeded, isUnclean ? "The partition has a leader." : "The preferred replica leads already.");
    }

    /// <summary>What the election brought.</summary>
    /// <param name="topic">The topic after it; null when it could not be held.</param>
    public static PartitionOutcome After(TopicPartition partition, TopicDescription? topic, bool isUnclean)
    {
        var state = topic is not null && partition.Partition < topic.Partitions.Count ? topic.Partitions[partition.Partition] : null;
        if (isUnclean)
        {
            return state is not null && state.Leader != BrokerId.None
                ? Of(partition, ErrorCode.None, null)
                : Of(partition, ErrorCode.EligibleLeadersNotAvailable, "No replica that could lead is up.");
        }

        return state is not null && state.Leader == state.Replicas[0]
            ? Of(partition, ErrorCode.None, null)
            : Of(partition, ErrorCode.PreferredLeaderNotAvailable, "The preferred replica is not up or not in sync.");
    }

    public static PartitionOutcome Of(TopicPartition partition, ErrorCode error, string? message) =>
        new() { Topic = partition.Topic, Partition = partition.Partition, Error = error, ErrorMessage = message };
}
