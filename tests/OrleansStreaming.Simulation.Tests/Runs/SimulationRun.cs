using OrleansStreaming.Cluster.Topics;
using OrleansStreaming.Records.Ids;
using OrleansStreaming.Simulation.Tests.Checks;
using OrleansStreaming.Simulation.Tests.Engine;
using OrleansStreaming.Simulation.Tests.Workload;

namespace OrleansStreaming.Simulation.Tests.Runs;

/// <summary>
/// One run from one seed: load and faults, safety checked all along; then the faults stop, and within a bound every partition is
/// led, fully in sync, takes records again, and holds everything that was ever acknowledged.
/// </summary>
internal sealed class SimulationRun
{
    private readonly SimulatedWorld _world;
    private readonly List<SimulatedProducer> _producers = [];
    private readonly List<SimulatedConsumer> _consumers = [];

    private SimulationRun(SimulationOptions options) => _world = new SimulatedWorld(options);

    /// <exception cref="SimulationFailure">A promise was broken; the message names the seed and what happened before.</exception>
    public static SimulationResult Run(SimulationOptions options)
    {
        var run = new SimulationRun(options);
        try
        {
            return run.Run();
        }
        catch (Exception exception)
        {
            throw new SimulationFailure(
                $"Seed {options.Seed} at {run._world.Events.Now / 1e6:0.000000} s: {exception.Message}\n{string.Join('\n', run._world.LastEvents)}\n{exception.StackTrace}");
        }
    }

    private SimulationResult Run()
    {
        var options = _world.Options;
        _world.TopicStore.Written += (_, state) => _world.Trace(string.Join("; ", state.Partitions.Select(Describe)));
        _world.TopicStore.Written += CheckTopic;
        foreach (var broker in _world.Brokers)
        {
            broker.Start();
        }

        Serve(new TopicId(_world.TopicStore.State.Id));
        var faults = new FaultPlan(_world);
        AdvanceTo(options.Faults);
        faults.Stop();
        AdvanceTo(options.Faults + options.Healing - (5 * Micros.Second));
        long[] committed = [.. Enumerable.Range(0, options.Partitions).Select(_world.Ledger.CommittedEnd)];
        AdvanceTo(options.Faults + options.Healing);
        CheckHealed(committed);
        return new SimulationResult(_world.Acknowledged, _world.Events.Executed, _world.Counts);
    }

    /// <summary>Clients of a topic come, those of the last one go.</summary>
    private void Serve(TopicId topic)
    {
        _producers.ForEach(producer => producer.Stop());
        _consumers.ForEach(consumer => consumer.Stop());
        _producers.Clear();
        _consumers.Clear();
        var ledger = _world.LedgerOf(topic);
        for (var partition = 0; partition < ledger.Partitions; partition++)
        {
            _producers.Add(new SimulatedProducer(_world, topic, partition, ledger.Producer(partition * 2)));
            _producers.Add(new SimulatedProducer(_world, topic, partition, ledger.Producer((partition * 2) + 1)));
            _consumers.Add(new SimulatedConsumer(_world, topic, partition));
        }
    }

    private void AdvanceTo(long end)
    {
        var nextCheck = _world.Events.Now + Micros.Second;
        while (_world.Events.Now < end)
        {
            while (_world.Events.Step(Math.Min(nextCheck, end)))
            {
            }

            nextCheck += Micros.Second;
            StrongInSync.Check(_world);
        }
    }

    private static string Describe(PartitionState state, int partition) =>
        $"{partition}: leader {state.Leader} in {state.LeaderEpoch}.{state.PartitionEpoch}, in sync {Sets(state.InSync, state.InSyncEpochs)}, eligible {Sets(state.Eligible, state.EligibleEpochs)}";

    private static string Sets(int[] brokers, long[] epochs) => $"[{string.Join(' ', brokers.Zip(epochs, (broker, epoch) => $"{broker}@{epoch}"))}]";

    /// <summary>Epochs rise, leaders are in sync, in-sync replicas are replicas: in every state that was ever written.</summary>
    private void CheckTopic(TopicState before, TopicState after)
    {
        if (after.Id != before.Id)
        {
            if (after.Id != Guid.Empty)
            {
                _world.Count("topic created again");
                Serve(new TopicId(after.Id));
            }

            return;
        }

        for (var i = 0; i < after.Partitions.Length; i++)
        {
            var (old, now) = (before.Partitions[i], after.Partitions[i]);
            if (ReferenceEquals(old, now))
            {
                continue;
            }

            var isRight = now.PartitionEpoch > old.PartitionEpoch
                && (now.Leader == old.Leader ? now.LeaderEpoch >= old.LeaderEpoch : now.LeaderEpoch > old.LeaderEpoch)
                && (now.Leader == PartitionState.NoLeader || now.InSync.Contains(now.Leader))
                && now.InSync.Length > 0
                && !now.InSync.Except(now.Replicas).Any();
            if (!isRight)
            {
                throw new SimulationFailure($"Partition {i} went from {Describe(old, i)} to {Describe(now, i)}.");
            }

            CheckLoss(i, old, now);
            StrongInSync.CheckLast(_world, i);
        }
    }

    /// <summary>
    /// A leader that lacks something committed is elected only when all who are known to have had it may have lost it, and then none of
    /// them still has more than the elected one.
    /// </summary>
    private void CheckLoss(int partition, PartitionState old, PartitionState now)
    {
        if (!_world.Options.MayLose || now.Leader == PartitionState.NoLeader || now.LeaderEpoch == old.LeaderEpoch)
        {
            return;
        }

        // A process that has ended, unknown to the controller, never leads.
        if (_world.Broker(now.Leader) is not { IsUp: true } leader || leader.Epoch != now.InSyncEpochOf(leader.Id))
        {
            return;
        }

        var topic = new TopicId(_world.TopicStore.State.Id);
        var kept = _world.Ledger.CountHeld(partition, leader.LogOf(topic, partition));
        if (kept == _world.Ledger.Committed(partition).Count)
        {
            return;
        }

        foreach (var other in old.InSync.Union(old.Eligible))
        {
            if (_world.Ledger.CountHeld(partition, _world.Broker(other).LogOf(topic, partition)) is var held && held > kept)
            {
                throw new SimulationFailure(
                    $"Partition {partition}: {_world.Ledger.Committed(partition).Count} batches are committed, broker {other} has {held}, and broker {now.Leader}, which has {kept}, is elected.");
            }
        }

        _world.Count("records that nobody has are lost");
        _world.Trace($"of partition {partition}, {_world.Ledger.Committed(partition).Count - kept} committed batches are lost");
        _world.Ledger.Forgive(partition, kept, now.LeaderEpoch);
        _consumers[partition].GoBackTo(_world.Ledger.CommittedEnd(partition));
    }

    /// <param name="committed">What was committed some seconds ago, by partition: consumers have read that by now.</param>
    private void CheckHealed(long[] committed)
    {
        var last = _world.Options.Faults + (_world.Options.Healing / 2);
        CheckFolders();
        var topic = new TopicId(_world.TopicStore.State.Id);
        for (var partition = 0; partition < _world.Options.Partitions; partition++)
        {
            var state = _world.TopicStore.State.Partitions[partition];
            if (state.Leader == PartitionState.NoLeader || state.InSync.Length != state.Replicas.Length || state.IsReassigning)
            {
                throw new SimulationFailure(
                    $"Partition {partition} has not healed: leader {state.Leader}, in sync {string.Join(' ', state.InSync)} of {string.Join(' ', state.Replicas)}.\n"
                    + string.Join('\n', _world.ControllerStore.State.Brokers.Values) + "\n"
                    + string.Join('\n', _world.Brokers.Select(broker => $"broker {broker.Id}: up {broker.IsUp}, life {broker.Life}, epoch {broker.Epoch}, sees {string.Join(' ', broker.View.Living)}")));
            }

            foreach (var replica in state.Replicas)
            {
                _world.Ledger.Compare(partition, _world.Broker(replica).LogOf(topic, partition), $"broker {replica}, after healing,");
            }

            if (_consumers[partition].Position < committed[partition])
            {
                throw new SimulationFailure(
                    $"Partition {partition}: the consumer is at {_consumers[partition].Position}, {committed[partition]} was committed 5 s ago.");
            }
        }

        if (_producers.FirstOrDefault(producer => producer.AcknowledgedAt < last) is { } silent)
        {
            throw new SimulationFailure($"A producer has had no acknowledgement since {silent.AcknowledgedAt / 1e6:0.000} s.");
        }

        _world.Ledger.CheckOrder();
    }

    /// <summary>The topic is there, and nobody has files of a partition that is not its own, or of a topic that was deleted.</summary>
    private void CheckFolders()
    {
        var topic = _world.TopicStore.State;
        if (topic.Id == Guid.Empty || _world.ControllerStore.State.Topics[SimulatedWorld.Topic].Id != topic.Id)
        {
            throw new SimulationFailure($"Topic {topic.Id} is there, the controller knows {string.Join(' ', _world.ControllerStore.State.Topics.Values)}.");
        }

        foreach (var broker in _world.Brokers)
        {
            if (broker.Folders.FirstOrDefault(folder => folder.Topic.Value != topic.Id || !topic.Partitions[folder.Partition].Replicas.Contains(broker.Id)) is { } stray)
            {
                throw new SimulationFailure($"Broker {broker.Id} still has partition {stray.Partition} of topic {stray.Topic}; topic {topic.Id} is the one there is.");
            }
        }
    }
}

/// <summary>What a run did, so that an idle one shows.</summary>
/// <param name="Counts">How often each fault, and each answer to one, happened.</param>
internal readonly record struct SimulationResult(int Acknowledged, long Events, IReadOnlyDictionary<string, long> Counts);
