using OrleansStreaming.Contracts.Cluster;
using OrleansStreaming.Records.Errors;
using OrleansStreaming.Records.Ids;

namespace OrleansStreaming.Cluster.Controller;

/// <summary>
/// The controller's commands about partitions that exist: elections on demand, the balance of leaders, and moves. Each partition
/// has its own outcome. For the turns of the controller grain.
/// </summary>
internal sealed class PartitionCommands(ControllerTerm term, TopicCalls topics)
{
    public async Task<PartitionCommandResult> ElectLeadersAsync(ElectLeadersCommand command)
    {
        var asked = command.Partitions ?? AllPartitions();
        var outcomes = Array.ConvertAll(asked, partition => ElectionOutcomes.Before(partition, Find(partition.Topic), command.IsUnclean));
        var kind = command.IsUnclean ? ElectionKind.Unclean : ElectionKind.Preferred;
        var due = asked.Where((_, index) => outcomes[index] is null).GroupBy(partition => partition.Topic, StringComparer.Ordinal);
        await topics.ElectAsync(
            due.Select(topic => new TopicElection(Find(topic.Key)!, kind, topic.Select(partition => partition.Partition).Distinct().ToArray())),
            term.Living());
        var results = asked.Select((partition, index) =>
            outcomes[index] ?? ElectionOutcomes.After(partition, Find(partition.Topic), command.IsUnclean));
        return Result(command.Partitions is null ? results.Where(outcome => outcome.Error != ErrorCode.ElectionNotNeeded) : results);
    }

    public async Task<PartitionCommandResult> AlterReassignmentsAsync(AlterReassignmentsCommand command)
    {
        var outcomes = new PartitionOutcome[command.Partitions.Length];
        var due = new Dictionary<string, List<int>>(StringComparer.Ordinal);
        for (var i = 0; i < outcomes.Length; i++)
        {
            var move = command.Partitions[i];
            if (Check(move) is { } refusal)
            {
                outcomes[i] = refusal;
            }
            else if (due.TryGetValue(move.Topic, out var others))
            {
                others.Add(i);
            }
            else
            {
                due[move.Topic] = [i];
            }
        }

        var moved = await topics.ReassignAsync(
            due.Select(topic => (Find(topic.Key)!, topic.Value.Select(index => command.Partitions[index]).ToArray())),
            command.AllowReplicationFactorChange);
        foreach (var (name, indexes) in due)
        {
            for (var i = 0; i < indexes.Count; i++)
            {
                var move = command.Partitions[indexes[i]];
                outcomes[indexes[i]] = moved.TryGetValue(name, out var results)
                    ? results[i]
                    : ElectionOutcomes.Of(new TopicPartition(name, move.Partition), ErrorCode.RequestTimedOut, $"Topic '{name}' did not answer.");
            }
        }

        return Result(outcomes);
    }

    /// <summary>Gives leaderships back to preferred replicas where more than the allowed share is elsewhere.</summary>
    public Task BalanceAsync(int allowedPercentage)
    {
        var living = term.Living();
        return topics.ElectAsync(
            LeaderBalance.Decide(term.Machine.Metadata.Topics, living, allowedPercentage)
                .Select(move => new TopicElection(move.Topic, ElectionKind.Preferred, move.Partitions)),
            living);
    }

    /// <summary>Finds another leader for one that cannot go on.</summary>
    public Task ReplaceAsync(string topic, LeaderResignation resignation) => Find(topic) is { } known && known.Id == resignation.TopicId
        ? topics.ElectAsync([new TopicElection(known, ElectionKind.Living, [resignation.Partition], resignation)], term.Living())
        : Task.CompletedTask;

    private PartitionOutcome? Check(PartitionReassignment move)
    {
        var partition = new TopicPartition(move.Topic, move.Partition);
        if (Find(move.Topic) is null)
        {
            return ElectionOutcomes.Of(partition, ErrorCode.UnknownTopicOrPartition, $"There is no topic '{move.Topic}'.");
        }

        var stranger = move.Replicas?.FirstOrDefault(broker => !term.State.Brokers.ContainsKey(broker.Value), BrokerId.None) ?? BrokerId.None;
        return stranger == BrokerId.None && !(move.Replicas?.Contains(BrokerId.None) ?? false)
            ? null
            : ElectionOutcomes.Of(partition, ErrorCode.InvalidReplicaAssignment, $"The assignment names broker {stranger}, which is not registered.");
    }

    private TopicDescription? Find(string name) =>
        term.State.Topics.TryGetValue(name, out var entry) ? term.Machine.Metadata.Find(new TopicId(entry.Id)) : null;

    private TopicPartition[] AllPartitions() =>
    [
        .. term.Machine.Metadata.Topics
            .OrderBy(topic => topic.Name, StringComparer.Ordinal)
            .SelectMany(topic => topic.Partitions.Select(partition => new TopicPartition(topic.Name, partition.Partition))),
    ];

    private PartitionCommandResult Result(IEnumerable<PartitionOutcome> outcomes) =>
        new() { Outcomes = outcomes.ToArray(), MetadataVersion = term.Publish() };
}
