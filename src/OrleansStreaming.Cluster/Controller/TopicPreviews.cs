using OrleansStreaming.Cluster.Brokers;
using OrleansStreaming.Cluster.Topics;
using OrleansStreaming.Contracts.Cluster;

namespace OrleansStreaming.Cluster.Controller;

/// <summary>What a topic would be like after a command that only validates. Pure.</summary>
internal static class TopicPreviews
{
    /// <summary>The topic as a plan would make it.</summary>
    public static TopicDescription Of(TopicPlan plan, LivingBrokers living) =>
        TopicDescriptions.Of(TopicMachine.Create(new TopicState(), plan, living).State);

    /// <summary>The topic as it would be with more partitions.</summary>
    public static TopicDescription Of(PartitionGrowth growth, LivingBrokers living) => new()
    {
        Name = growth.Topic!.Name,
        Id = growth.Topic.Id,
        IsInternal = growth.Topic.IsInternal,
        Version = growth.Topic.Version,
        Configs = growth.Topic.Configs,
        Partitions = growth.Topic.Partitions
            .Concat(growth.Assignments.Select((replicas, index) =>
                TopicDescriptions.Of(PartitionElection.Create(replicas, living), growth.Topic.Partitions.Count + index)))
            .ToArray(),
    };
}
