using OrleansStreaming.Contracts.Cluster;
using OrleansStreaming.Records.Ids;

namespace OrleansStreaming.Replication.Brokers;

/// <summary>
/// Which replicas this broker should have and what to do about them. Knows no files: the caller does the steps and says so. A
/// topic's files are removed only on the controller's explicit word, never because a description is missing. One caller at a time.
/// </summary>
public sealed class BrokerMachine(BrokerId self)
{
    private readonly Dictionary<TopicId, TopicDescription> _applied = [];
    private readonly HashSet<TopicId> _dropped = [];
    private readonly Dictionary<TopicPartition, TopicId> _present = [];

    /// <summary>The topics that have been applied, for a new look at their configs.</summary>
    public IReadOnlyCollection<TopicDescription> Applied => _applied.Values;

    /// <summary>Replicas that are here, open or only on disk.</summary>
    public IReadOnlyDictionary<TopicPartition, TopicId> Present => _present;

    /// <summary>What a description asks for; nothing when a newer one was applied or the topic is known to be deleted.</summary>
    /// <param name="isOpen">Whether a replica of this broker is open.</param>
    public IReadOnlyList<ReplicaStep> Plan(TopicDescription topic, Func<TopicPartition, bool> isOpen)
    {
        if (_dropped.Contains(topic.Id) || (_applied.TryGetValue(topic.Id, out var applied) && applied.Version >= topic.Version))
        {
            return [];
        }

        var steps = new List<ReplicaStep>();
        foreach (var state in topic.Partitions)
        {
            if (state.Replicas.Contains(self))
            {
                var partition = new TopicPartition(topic.Name, state.Partition);
                var isBlocked = _present.TryGetValue(partition, out var here) && here != topic.Id && here != TopicId.None;
                steps.Add(new ReplicaStep(partition, state, !isBlocked && !isOpen(partition), isBlocked));
            }
        }

        return steps;
    }

    /// <summary>A replica was found on disk or opened.</summary>
    public void Found(TopicPartition partition, TopicId topic) => _present[partition] = topic;

    /// <summary>Every step of the description was done.</summary>
    public void Done(TopicDescription topic) => _applied[topic.Id] = topic;

    /// <summary>The replicas to remove for a deleted topic. Descriptions of it that come late are ignored from now on.</summary>
    public IReadOnlyList<TopicPartition> PlanDrop(TopicId topic)
    {
        if (topic == TopicId.None)
        {
            return [];
        }

        _dropped.Add(topic);
        _applied.Remove(topic);
        return [.. _present.Where(entry => entry.Value == topic).Select(entry => entry.Key)];
    }

    /// <summary>A replica's files are gone.</summary>
    public void Removed(TopicPartition partition) => _present.Remove(partition);

    /// <summary>Replicas here that a description of their topic does not give to this broker: candidates, not yet to be removed.</summary>
    public IReadOnlyList<TopicPartition> Departed(Func<string, TopicDescription?> describe) =>
        [.. _present.Keys.Where(partition => describe(partition.Topic) is { } topic && MayRemove(partition, topic))];

    /// <summary>Whether a description, by now the newest one known, gives a replica that is here to other brokers.</summary>
    public bool MayRemove(TopicPartition partition, TopicDescription topic) =>
        _present.GetValueOrDefault(partition) is var here
        && here != TopicId.None
        && here == topic.Id
        && !(_applied.TryGetValue(topic.Id, out var applied) && applied.Version > topic.Version)
        && partition.Partition < topic.Partitions.Count
        && !topic.Partitions[partition.Partition].Replicas.Contains(self);

    /// <summary>Replicas here of topics that the controller neither knows nor has declared deleted: left alone.</summary>
    public IReadOnlyList<TopicPartition> Strays(IReadOnlySet<TopicId> known) =>
        [.. _present.Where(entry => entry.Value != TopicId.None && !known.Contains(entry.Value) && !_dropped.Contains(entry.Value)).Select(entry => entry.Key)];
}
