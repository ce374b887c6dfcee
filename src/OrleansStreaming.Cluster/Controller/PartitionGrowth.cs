using OrleansStreaming.Cluster.Brokers;
using OrleansStreaming.Contracts.Cluster;
using OrleansStreaming.Records.Errors;
using OrleansStreaming.Records.Ids;

namespace OrleansStreaming.Cluster.Controller;

/// <summary>The decision about more partitions for a topic: a refusal, or the assignments of the new ones.</summary>
public readonly record struct PartitionGrowth(ErrorCode Error, string? Message, TopicDescription? Topic, int[][] Assignments)
{
    private const int MaxPartitions = 100_000;

    public static PartitionGrowth Decide(
        ControllerState state, CreatePartitionsCommand command, TopicDescription? topic, LivingBrokers living, ControllerRules rules)
    {
        if (topic is null)
        {
            return Refuse(ErrorCode.UnknownTopicOrPartition, $"There is no topic '{command.Name}'.");
        }

        var current = topic.Partitions.Count;
        if (command.TotalCount <= current || command.TotalCount > MaxPartitions)
        {
            return Refuse(
                ErrorCode.InvalidPartitions,
                command.TotalCount == current
                    ? $"Topic '{topic.Name}' already has {current} partitions."
                    : $"Topic '{topic.Name}' has {current} partitions; {command.TotalCount} is not an increase up to {MaxPartitions}.");
        }

        var added = command.TotalCount - current;
        var replicationFactor = topic.Partitions[0].Replicas.Count;
        if (command.NewAssignments is not { } manual)
        {
            var (assignments, failure) = ReplicaPlacement.Place(
                AssignmentRules.Candidates(state, living), current, added, replicationFactor, rules.Random);
            return assignments is null ? Refuse(ErrorCode.InvalidReplicationFactor, failure!) : new(ErrorCode.None, null, topic, assignments);
        }

        if (manual.Count != added)
        {
            return Refuse(
                ErrorCode.InvalidReplicaAssignment, $"{added} partitions are to be added, but {manual.Count} assignments were given.");
        }

        return manual.Select(replicas => AssignmentRules.Check(state, replicas, replicationFactor, living)).FirstOrDefault(reason => reason is not null) is { } invalid
            ? Refuse(ErrorCode.InvalidReplicaAssignment, invalid)
            : new(ErrorCode.None, null, topic, [.. manual]);
    }

    private static PartitionGrowth Refuse(ErrorCode error, string message) => new(error, message, null, []);
}
