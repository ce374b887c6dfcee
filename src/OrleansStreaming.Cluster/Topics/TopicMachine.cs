using System.Collections.Immutable;
using OrleansStreaming.Cluster.Brokers;
using OrleansStreaming.Cluster.Configs;
using OrleansStreaming.Contracts.Cluster;
using OrleansStreaming.Records.Errors;
using OrleansStreaming.Records.Ids;

namespace OrleansStreaming.Cluster.Topics;

/// <summary>
/// Every decision about one topic: state and input in, decision out. Nothing here changes anything; the grain writes the
/// decided state and only then acts on it.
/// </summary>
public static class TopicMachine
{
    public static TopicDecision Create(TopicState state, TopicPlan plan, LivingBrokers living)
    {
        if (state.Id == plan.Id.Value)
        {
            return TopicDecision.Accept(state);
        }

        if (state.Id != Guid.Empty)
        {
            return TopicDecision.Refuse(state, ErrorCode.TopicAlreadyExists, $"Another topic '{plan.Name}', {new TopicId(state.Id)}, is there.");
        }

        return TopicDecision.Accept(new TopicState
        {
            Name = plan.Name,
            Id = plan.Id.Value,
            IsInternal = plan.IsInternal,
            Version = 1,
            Configs = plan.Configs.ToImmutableDictionary(),
            Partitions = Array.ConvertAll(plan.Assignments, replicas => PartitionElection.Create(replicas, living)),
        });
    }

    public static TopicDecision AddPartitions(
        TopicState state, TopicId topic, int currentCount, int[][] assignments, LivingBrokers living)
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
            [.. state.Partitions, .. assignments.Select(replicas => PartitionElection.Create(replicas, living))];
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

        if (ReferenceEquals(edit.Configs, state.Configs))
        {
            return TopicDecision.Accept(state);
        }

        // A lower min.insync.replicas lets a leader commit without those that were eligible so far.
        var rules = PartitionRules.Of(edit.Configs);
        var partitions = Array.ConvertAll(
            state.Partitions, partition => partition.WithoutUnsoundEligible(LivingBrokers.None, rules).After(partition));
        return TopicDecision.Accept(state with { Version = state.Version + 1, Configs = edit.Configs, Partitions = partitions });
    }

    /// <remarks>
    /// Of two controllers that both think they are it, only the later one is heard: its term is remembered, for good once it has
    /// changed something.
    /// </remarks>
    /// <param name="ends">What those answered whom <see cref="WhomToAsk"/> names; null when nobody was asked.</param>
    public static TopicDecision Elect(TopicState state, ElectTopicCommand command, TopicEnds? ends = null)
    {
        if (Refuse(state, command.TopicId, command.ControllerTerm) is { } refusal)
        {
            return refusal;
        }

        var living = new LivingBrokers(command.Living);
        var rules = PartitionRules.Of(state.Configs, command.IsUncleanAllowedByDefault);
        return WithPartitions(state, command.ControllerTerm, (partition, index) => command.Partitions?.Contains(index) ?? true
            ? PartitionElection.Elect(
                partition, living, rules, command.Kind, Resigned(partition, index, command.Resignation), command.Resignation is not { HasLostNothing: true }, ends?.Of(index))
            : partition);
    }

    /// <summary>The brokers to ask where their replicas end, before the election can be held in all partitions; mostly none.</summary>
    /// <param name="ends">What some of them answered already; who is named again has not, and is waited for.</param>
    public static int[] WhomToAsk(TopicState state, ElectTopicCommand command, TopicEnds? ends = null)
    {
        if (Refuse(state, command.TopicId, command.ControllerTerm) is not null)
        {
            return [];
        }

        var living = new LivingBrokers(command.Living);
        var rules = PartitionRules.Of(state.Configs, command.IsUncleanAllowedByDefault);
        return
        [
            .. state.Partitions
                .Where((partition, index) => (command.Partitions?.Contains(index) ?? true) && PartitionElection.MustAsk(
                    partition, living, rules, command.Kind, Resigned(partition, index, command.Resignation), ends?.Of(index)))
                .SelectMany(partition => partition.Replicas)
                .Where(living.Contains)
                .Distinct(),
        ];
    }

    /// <summary>Starts, turns or cancels moves; refused ones leave their partition as it is. One outcome for each, in order.</summary>
    public static (TopicDecision Decision, PartitionOutcome[] Outcomes) Reassign(TopicState state, ReassignTopicCommand command)
    {
        var living = new LivingBrokers(command.Living);
        var rules = PartitionRules.Of(state.Configs, command.IsUncleanAllowedByDefault);
        var partitions = (PartitionState[])state.Partitions.Clone();
        var outcomes = Array.ConvertAll(command.Partitions, move =>
        {
            var (error, message, moved) = Unknown(state, command.TopicId) is not null || (uint)move.Partition >= (uint)partitions.Length
                ? (ErrorCode.UnknownTopicOrPartition, $"There is no partition {move.Partition} of topic '{move.Topic}'.", null)
                : ReassignmentMoves.Decide(partitions[move.Partition], move, living, rules, command.AllowReplicationFactorChange);
            if (moved is not null)
            {
                partitions[move.Partition] = moved;
            }

            return new PartitionOutcome { Topic = move.Topic, Partition = move.Partition, Error = error, ErrorMessage = message };
        });
        return (Refuse(state, command.TopicId, command.ControllerTerm) ?? WithPartitions(state, command.ControllerTerm, (_, index) => partitions[index]), outcomes);
    }

    /// <param name="known">The brokers as they are known where the decision is taken; see <see cref="InSyncChange"/>.</param>
    public static TopicDecision ChangeInSync(TopicState state, InSyncProposal proposal, LivingBrokers known)
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

        var change = InSyncChange.Decide(state.Partitions[proposal.Partition], proposal, PartitionRules.Of(state.Configs), known);
        if (change.Error != ErrorCode.None || change.Partition is not { } partition)
        {
            return new TopicDecision(change.Error, change.Message, state);
        }

        return WithPartitions(state, state.ControllerTerm, (present, index) => index == proposal.Partition ? partition : present);
    }

    /// <summary>The refusal of a call that means another topic of this name, or one that is gone; null when it means this one.</summary>
    public static TopicDecision? Unknown(TopicState state, TopicId topic) =>
        state.Id != Guid.Empty && state.Id == topic.Value
            ? null
            : TopicDecision.Refuse(state, ErrorCode.UnknownTopicId, $"There is no topic with id {topic}.");

    private static int Resigned(PartitionState partition, int index, LeaderResignation? resignation) =>
        resignation is not null
        && resignation.Partition == index
        && resignation.Leader.Value == partition.Leader
        && resignation.LeaderEpoch.Value == partition.LeaderEpoch
            ? partition.Leader
            : PartitionState.NoLeader;

    private static TopicDecision? Refuse(TopicState state, TopicId topic, int term) =>
        Unknown(state, topic) ?? (term >= state.ControllerTerm
            ? null
            : TopicDecision.Refuse(state, ErrorCode.StaleControllerEpoch, $"The controller is in term {state.ControllerTerm}, not {term}."));

    private static TopicDecision WithPartitions(TopicState state, int term, Func<PartitionState, int, PartitionState> change)
    {
        PartitionState[] partitions = [.. state.Partitions.Select(change)];
        return TopicDecision.Accept(
            partitions.SequenceEqual(state.Partitions, ReferenceEqualityComparer.Instance)
                ? state
                : state with { Version = state.Version + 1, ControllerTerm = term, Partitions = partitions });
    }
}
