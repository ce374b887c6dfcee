using OrleansStreaming.Contracts.Cluster;
using OrleansStreaming.Records.Errors;
using OrleansStreaming.Records.Ids;

namespace OrleansStreaming.Kafka.Tests.Fakes;

/// <summary>Commands about leaders, replicas and brokers, of which it keeps no more rules than the endpoint's tests need.</summary>
internal sealed partial class FakeCluster
{
    public Task<PartitionCommandResult> AlterReassignments(AlterReassignmentsCommand command) =>
        Run(command, command.Partitions.Select(move => (move.Topic, move.Partition)), (state, at) => Reassign(state, command.Partitions[at]));

    public Task<PartitionCommandResult> ElectLeaders(ElectLeadersCommand command)
    {
        var named = command.Partitions?.Select(partition => (partition.Topic, partition.Partition))
            ?? _latest.Topics.Values.SelectMany(topic => topic.Partitions.Select(partition => (topic.Name, partition.Partition)));
        return Run(command, [.. named], (state, _) => Elect(state));
    }

    public Task<TopicCommandResult> UnregisterBroker(UnregisterBrokerCommand command) => Run(command, image =>
        !image.Brokers.ContainsKey(command.Broker)
            ? TopicCommandResult.Refused(ErrorCode.BrokerIdNotRegistered, "There is none.")
            : new TopicCommandResult { MetadataVersion = Change(old => FakeClusters.WithoutBroker(old, command.Broker)) });

    private static (ErrorCode Error, PartitionDescription? Changed) Reassign(PartitionDescription state, PartitionReassignment move)
    {
        var isMoving = state.AddingReplicas.Count + state.RemovingReplicas.Count > 0;
        if (move.Replicas is null)
        {
            return isMoving
                ? (ErrorCode.None, With(state, state.Leader, [.. state.Replicas.Except(state.AddingReplicas)], [], []))
                : (ErrorCode.NoReassignmentInProgress, null);
        }

        BrokerId[] adding = [.. move.Replicas.Except(state.Replicas)];
        return (ErrorCode.None, With(state, state.Leader, [.. move.Replicas, .. state.Replicas.Except(move.Replicas)], adding, [.. state.Replicas.Except(move.Replicas)]));
    }

    private static (ErrorCode Error, PartitionDescription? Changed) Elect(PartitionDescription state) =>
        state.Leader == state.Replicas[0]
            ? (ErrorCode.ElectionNotNeeded, null)
            : (ErrorCode.None, With(state, state.Replicas[0], state.Replicas, [], []));

    private static PartitionDescription With(
        PartitionDescription state, BrokerId leader, IReadOnlyList<BrokerId> replicas, BrokerId[] adding, BrokerId[] removing) => new()
        {
            Partition = state.Partition,
            Leader = leader,
            LeaderEpoch = state.LeaderEpoch,
            PartitionEpoch = state.PartitionEpoch,
            Replicas = replicas,
            InSyncReplicas = state.InSyncReplicas,
            AddingReplicas = adding,
            RemovingReplicas = removing,
        };

    private async Task<PartitionCommandResult> Run(
        object command,
        IEnumerable<(string Topic, int Partition)> partitions,
        Func<PartitionDescription, int, (ErrorCode Error, PartitionDescription? Changed)> run)
    {
        await Task.Yield();
        List<PartitionOutcome> outcomes = [];
        lock (_sync)
        {
            Commands.Add(command);
            if (Failure is { } failure)
            {
                throw failure;
            }

            foreach (var (at, (topic, partition)) in partitions.Index())
            {
                var state = _latest.Topics.GetValueOrDefault(topic)?.Partitions.ElementAtOrDefault(partition);
                var (error, changed) = state is null ? (ErrorCode.UnknownTopicOrPartition, null) : run(state, at);
                outcomes.Add(new PartitionOutcome { Topic = topic, Partition = partition, Error = error });
                if (changed is not null)
                {
                    Change(image => With(image, image.Topics.SetItem(topic, FakeClusters.With(image.Topics[topic], changed))));
                }
            }

            return new PartitionCommandResult { Outcomes = [.. outcomes], MetadataVersion = _latest.Version };
        }
    }
}
