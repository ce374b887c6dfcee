using System.Collections.Immutable;
using OrleansStreaming.Cluster.Configs;
using OrleansStreaming.Contracts.Cluster;
using OrleansStreaming.Contracts.Configs;
using OrleansStreaming.Records.Errors;
using OrleansStreaming.Records.Ids;

namespace OrleansStreaming.Cluster.Topics;

/// <summary>
/// Every decision about one topic: state and input in, decision out. Nothing here changes anything; the grain writes the
/// decided state and only then acts on it.
/// </summary>
public static class TopicMachine
{
    public static TopicDecision Create(TopicState state, TopicPlan plan, IReadOnlySet<int> alive)
    {
        if (state.Id == plan.Id.Value)
        {
            return TopicDecision.Accept(state);
        }

        if (state.Id != Guid.Empty)
        {
            return TopicDecision.Refuse(state, ErrorCode.TopicAlreadyExists, $"Topic '{plan.Name}' is still being deleted.");
        }

        return TopicDecision.Accept(new TopicState
        {
            Name = plan.Name,
            Id = plan.Id.Value,
            IsInternal = plan.IsInternal,
            Version = 1,
            Configs = plan.Configs.ToImmutableDictionary(),
            Partitions = Array.ConvertAll(plan.Assignments, replicas => PartitionElection.Create(replicas, alive)),
        });
    }

    public static TopicDecision AddPartitions(
        TopicState state, TopicId topic, int currentCount, int[][] assignments, IReadOnlySet<int> alive)
    {
        if (Unknown(state, topic) is { } refusal)
        {
            return refusal;
        }

        if (state.Partitions.Length != currentCount)
        {
            return TopicDecision.Refuse(
                state, ErrorCode.InvalidPartitions, $"Topic '{state.Name}' has {state.Partitions.Length} partitions by now, not {currentCount}.");
        }

        PartitionState[] partitions =
            [.. state.Partitions, .. assignments.Select(replicas => PartitionElection.Create(replicas, alive))];
        return TopicDecision.Accept(state with { Version = state.Version + 1, Partitions = partitions });
    }

    public static TopicDecision AlterConfigs(TopicState state, TopicId topic, AlterConfigsCommand command)
    {
        if (Unknown(state, topic) is { } refusal)
        {
            return refusal;
        }

        var edit = ConfigEditor.Apply(state.Configs, command, ConfigRuleset.Topic);
        if (edit.Error != ErrorCode.None)
        {
            return TopicDecision.Refuse(state, edit.Error, edit.Message!);
        }

        return TopicDecision.Accept(
            ReferenceEquals(edit.Configs, state.Configs) ? state : state with { Version = state.Version + 1, Configs = edit.Configs });
    }

    public static TopicDecision Elect(TopicState state, TopicId topic, BrokerId started, IReadOnlySet<int> alive)
    {
        if (Unknown(state, topic) is { } refusal)
        {
            return refusal;
        }

        var allowUnclean = EffectiveConfigs.TopicValue("unclean.leader.election.enable", state.Configs, BrokerConfigLayers.Empty) == "true";
        var partitions = Array.ConvertAll(
            state.Partitions, partition => PartitionElection.Elect(partition, started.Value, alive, allowUnclean));
        return TopicDecision.Accept(
            partitions.SequenceEqual(state.Partitions, ReferenceEqualityComparer.Instance)
                ? state
                : state with { Version = state.Version + 1, Partitions = partitions });
    }

    public static TopicDecision ChangeInSync(TopicState state, InSyncProposal proposal)
    {
        if (Unknown(state, proposal.TopicId) is { } refusal)
        {
            return refusal;
        }

        if ((uint)proposal.Partition >= (uint)state.Partitions.Length)
        {
            return TopicDecision.Refuse(
                state, ErrorCode.UnknownTopicOrPartition, $"Topic '{state.Name}' has no partition {proposal.Partition}.");
        }

        var change = InSyncChange.Decide(state.Partitions[proposal.Partition], proposal);
        if (change.Error != ErrorCode.None || change.Partition is not { } partition)
        {
            return new TopicDecision(change.Error, change.Message, state);
        }

        var partitions = (PartitionState[])state.Partitions.Clone();
        partitions[proposal.Partition] = partition;
        return TopicDecision.Accept(state with { Version = state.Version + 1, Partitions = partitions });
    }

    /// <summary>The refusal of a call that means another topic of this name, or one that is gone; null when it means this one.</summary>
    public static TopicDecision? Unknown(TopicState state, TopicId topic) =>
        state.Id != Guid.Empty && state.Id == topic.Value
            ? null
            : TopicDecision.Refuse(state, ErrorCode.UnknownTopicId, $"There is no topic with id {topic}.");
}
