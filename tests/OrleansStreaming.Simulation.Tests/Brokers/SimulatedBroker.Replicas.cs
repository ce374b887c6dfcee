using OrleansStreaming.Contracts.Brokers;
using OrleansStreaming.Contracts.Cluster;
using OrleansStreaming.Records.Errors;
using OrleansStreaming.Records.Ids;
using OrleansStreaming.Simulation.Tests.Disks;
using OrleansStreaming.Simulation.Tests.Topics;

namespace OrleansStreaming.Simulation.Tests.Brokers;

/// <summary>Which replicas it opens, gives roles to, and removes.</summary>
internal sealed partial class SimulatedBroker
{
    /// <summary>What a broker grain does when the topic grain, or the metadata tail, tells it how things are.</summary>
    public void Apply(TopicDescription description)
    {
        if (!_isOpen)
        {
            return;
        }

        Depose(description);
        var steps = _machine.Plan(description, partition => _replicas[partition.Partition] is not null);
        var isDone = steps.Count > 0;
        foreach (var step in steps)
        {
            if (step.IsBlocked)
            {
                _world.Count("blocked by files of a deleted topic");
                isDone = false;
                continue;
            }

            if (step.State.Leader == BrokerId && step.State.LeaderBrokerEpoch != Epoch)
            {
                isDone = false;
                continue; // it means an earlier life of this broker
            }

            Open(description.Id, step.State.Partition).Assign(step.State);
        }

        if (isDone)
        {
            _machine.Done(description);
        }
    }

    public ReplicaEnds DescribeEnds(TopicId topic) => new()
    {
        BrokerEpoch = _isOpen ? Epoch : -1,
        Ends =
        [
            .. _replicas.Where(replica => replica?.Topic == topic).Select(replica => replica!.DescribeEnd()),
        ],
    };

    /// <summary>The controller's word that a topic is deleted.</summary>
    public ErrorCode TryDrop(TopicId topic)
    {
        if (!_isOpen)
        {
            return ErrorCode.BrokerNotAvailable;
        }

        Drop(topic);
        return ErrorCode.None;
    }

    /// <summary>Removes the files of a deleted topic.</summary>
    private void Drop(TopicId topic)
    {
        foreach (var partition in _machine.PlanDrop(topic))
        {
            Remove(partition, "files of a deleted topic are removed");
        }
    }

    /// <summary>A replica that was moved to other brokers leads no more, from the first word of it on.</summary>
    private void Depose(TopicDescription description)
    {
        foreach (var state in description.Partitions)
        {
            if (!state.Replicas.Contains(BrokerId))
            {
                Replica(description.Id, state.Partition)?.Assign(state);
            }
        }
    }

    /// <summary>Files are removed on the topic's own word, and only when nothing newer is known here.</summary>
    private void AskWhatMoved(TopicDescription known)
    {
        if (_machine.Departed(_ => known) is not { Count: > 0 } departed)
        {
            return;
        }

        _world.CallTopic(
            this,
            (topic, reply) => topic.Describe(known.Id, reply),
            (TopicAnswer answer) =>
            {
                foreach (var partition in departed.Where(partition => answer.Topic is { } topic && _machine.MayRemove(partition, topic)))
                {
                    Remove(partition, "moved replica is removed");
                }
            },
            static () => { });
    }

    private void Remove(TopicPartition partition, string why)
    {
        _world.Count(why);
        _world.Trace($"broker {Id}: {why}, partition {partition.Partition}");
        _replicas[partition.Partition]?.Close();
        _replicas[partition.Partition] = null;
        _folders[partition.Partition] = null;
        _machine.Removed(partition);
    }

    private ReplicaHost Open(TopicId topic, int partition)
    {
        if (_replicas[partition] is { } open)
        {
            return open;
        }

        var folder = _folders[partition] ??= new SimulatedFolder(topic, partition, new SimulatedLog(_world.Options.SyncsEveryAppend) { IsFull = _isDiskFull });
        _machine.Found(new TopicPartition(SimulatedWorld.Topic, partition), topic);
        return _replicas[partition] = new ReplicaHost(this, _world, topic, partition, folder.Log, folder.Checkpoint);
    }
}
