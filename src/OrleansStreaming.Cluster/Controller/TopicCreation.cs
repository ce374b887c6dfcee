using OrleansStreaming.Cluster.Brokers;
using OrleansStreaming.Cluster.Configs;
using OrleansStreaming.Cluster.Topics;
using OrleansStreaming.Contracts.Cluster;
using OrleansStreaming.Records.Errors;

namespace OrleansStreaming.Cluster.Controller;

/// <summary>Decisions about new topics: Kafka's checks in Kafka's order, then the plan. Pure but for the rules' chance and ids.</summary>
internal static class TopicCreation
{
    /// <summary>A guard against a slip of the finger; Kafka lets one try and runs out of files.</summary>
    private const int MaxPartitions = 100_000;

    public static ControllerDecision Decide(
        ControllerState state, CreateTopicCommand command, LivingBrokers living, ControllerRules rules)
    {
        var isInternal = command.IsInternal || TopicNames.IsInternal(command.Name);
        if (CheckName(state, command.Name) is { } taken)
        {
            return taken;
        }

        if (ConfigEditor.ValidateTopic(command.Configs) is { } badConfig)
        {
            return ControllerDecision.Refuse(state, ErrorCode.InvalidConfig, badConfig);
        }

        var (assignments, error, message) = command.Assignments.Count > 0
            ? Manual(state, command, living)
            : Placed(state, command, living, rules);
        if (assignments is null)
        {
            return ControllerDecision.Refuse(state, error, message!);
        }

        var plan = new TopicPlan
        {
            Name = command.Name,
            Id = rules.NewTopicId(),
            IsInternal = isInternal,
            Assignments = assignments,
            Configs = new Dictionary<string, string>(command.Configs),
        };
        var entry = new TopicEntry { Id = plan.Id.Value, IsInternal = isInternal, Plan = plan };
        return ControllerDecision.Accept(state with { Topics = state.Topics.SetItem(plan.Name, entry) }, plan);
    }

    private static ControllerDecision? CheckName(ControllerState state, string name)
    {
        if (TopicNames.Validate(name) is { } invalid)
        {
            return ControllerDecision.Refuse(state, ErrorCode.InvalidTopicException, invalid);
        }

        if (state.Topics.ContainsKey(name))
        {
            return ControllerDecision.Refuse(state, ErrorCode.TopicAlreadyExists, $"Topic '{name}' already exists.");
        }

        if (state.Deletions.Values.Any(deletion => deletion.Name == name && !deletion.IsForgotten))
        {
            return ControllerDecision.Refuse(state, ErrorCode.TopicAlreadyExists, $"Topic '{name}' is still being deleted.");
        }

        if (TopicNames.MayCollide(name))
        {
            var key = TopicNames.CollisionKey(name);
            if (state.Topics.Keys.FirstOrDefault(other => TopicNames.CollisionKey(other) == key) is { } other)
            {
                return ControllerDecision.Refuse(
                    state, ErrorCode.InvalidTopicException, $"Topic '{name}' collides with existing topic '{other}': '.' and '_' count as the same.");
            }
        }

        return null;
    }

    private static (int[][]? Assignments, ErrorCode Error, string? Message) Manual(
        ControllerState state, CreateTopicCommand command, LivingBrokers living)
    {
        if (command.PartitionCount != -1 || command.ReplicationFactor != -1)
        {
            return (null, ErrorCode.InvalidRequest, "With an assignment, the partition count and the replication factor must be -1.");
        }

        var assignments = new int[command.Assignments.Count][];
        for (var partition = 0; partition < assignments.Length; partition++)
        {
            if (!command.Assignments.TryGetValue(partition, out var replicas))
            {
                return (null, ErrorCode.InvalidReplicaAssignment, "The assigned partitions must be numbered from 0 without gaps.");
            }

            if (AssignmentRules.Check(state, replicas, partition == 0 ? null : assignments[0].Length, living) is { } invalid)
            {
                return (null, ErrorCode.InvalidReplicaAssignment, invalid);
            }

            assignments[partition] = replicas;
        }

        return (assignments, ErrorCode.None, null);
    }

    private static (int[][]? Assignments, ErrorCode Error, string? Message) Placed(
        ControllerState state, CreateTopicCommand command, LivingBrokers living, ControllerRules rules)
    {
        if (command.ReplicationFactor is < -1 or 0)
        {
            return (null, ErrorCode.InvalidReplicationFactor, "The replication factor must be at least 1, or -1 for the default.");
        }

        var count = command.PartitionCount == -1 ? rules.DefaultPartitions : command.PartitionCount;
        if (count is < 1 or > MaxPartitions)
        {
            return (null, ErrorCode.InvalidPartitions, $"The number of partitions must be 1 to {MaxPartitions}, or -1 for the default.");
        }

        var replicationFactor = command.ReplicationFactor == -1 ? rules.DefaultReplicationFactor : command.ReplicationFactor;
        var (assignments, failure) = ReplicaPlacement.Place(
            AssignmentRules.Candidates(state, living), 0, count, replicationFactor, rules.Random);
        return (assignments, assignments is null ? ErrorCode.InvalidReplicationFactor : ErrorCode.None, failure);
    }
}
