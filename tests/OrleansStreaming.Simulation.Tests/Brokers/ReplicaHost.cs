using OrleansStreaming.Contracts.Brokers;
using OrleansStreaming.Contracts.Cluster;
using OrleansStreaming.Contracts.Replication;
using OrleansStreaming.Records.Errors;
using OrleansStreaming.Records.Ids;
using OrleansStreaming.Replication.Partitions;
using OrleansStreaming.Simulation.Tests.Checks;
using OrleansStreaming.Simulation.Tests.Disks;
using OrleansStreaming.Simulation.Tests.Engine;

namespace OrleansStreaming.Simulation.Tests.Brokers;

/// <summary>
/// One replica in one life of its broker: the machine under test, its log, the producers that wait, and the parts under way to
/// followers. What threads, timers and sockets do in a real broker is done here by events.
/// </summary>
internal sealed class ReplicaHost
{
    private const int BatchesPerPart = 8;

    private readonly SimulatedBroker _broker;
    private readonly SimulatedWorld _world;
    private readonly TopicId _topic;
    private readonly int _partition;
    private readonly Ledger _ledger;
    private readonly List<Waiter> _waiters = [];
    private bool _isSyncing;
    private bool _isClosed;
    private long _pumpAt = long.MaxValue;

    public ReplicaHost(SimulatedBroker broker, SimulatedWorld world, TopicId topic, int partition, SimulatedLog log, long committed)
    {
        _broker = broker;
        _world = world;
        _topic = topic;
        _partition = partition;
        _ledger = world.LedgerOf(topic);
        Log = log;
        log.Cut = () => StrongInSync.CheckLast(world, partition);
        Machine = new ReplicaMachine(
            broker.BrokerId, broker.Epoch, new TopicPartition(SimulatedWorld.Topic, partition), topic, log, LeaderEpoch.None, new Offset(committed))
        {
            MaxLag = TimeSpan.FromSeconds(5),
        };
        Machine.SetMinInSync(world.Options.MinInSync, broker.Clock);
        broker.After(500 * Micros.Millisecond, Tick);
    }

    public SimulatedLog Log { get; }

    public TopicId Topic => _topic;

    public ReplicaMachine Machine { get; }

    public void Reregister(long brokerEpoch) => Machine.BrokerEpoch = brokerEpoch;

    public void Assign(PartitionDescription state)
    {
        var change = Machine.Assign(state, _broker.Clock);
        if (change is RoleChange.BecameLeader or RoleChange.BecameFollower)
        {
            _world.Trace($"broker {_broker.Id}: {change} of {_partition} in epoch {Machine.Epoch}, log end {Log.LogEnd}, high watermark {Machine.HighWatermark}");
            FailWaiters();
        }

        foreach (var replica in state.Replicas)
        {
            if (!_broker.View.Living.ContainsKey(replica.Value))
            {
                Machine.OnBrokerGone(replica, _broker.Clock);
            }
        }

        Settle();
    }

    /// <summary>A producer's batch; the answer is its offset once it is committed, or null.</summary>
    public void Produce(int producer, long sequence, int count, Action<SimulatedBatch?> answer)
    {
        var last = Log.LastOf(producer);
        var error = Machine.State.CheckAppend(LeaderEpoch.None, RequiredAcks.All, isDuplicate: last?.Sequence == sequence);
        if (error != ErrorCode.None)
        {
            if (error == ErrorCode.NotEnoughReplicas)
            {
                Ledger.CheckNotStored(_partition, _broker.Id, producer, sequence, Log);
            }

            answer(null);
            return;
        }

        SimulatedBatch batch;
        if (last is { } known && known.Sequence >= sequence)
        {
            if (known.Sequence > sequence)
            {
                return; // an old message that comes late: nobody waits for its answer
            }

            batch = known;
        }
        else
        {
            if (IsReplaced && last?.Sequence != sequence - 1)
            {
                answer(null); // a leader that was replaced and does not know it: out of order, and no harm
                return;
            }

            _ledger.CheckContinues(_partition, _broker.Id, producer, sequence, last?.Sequence ?? -1);
            if (Log.Append(count, Machine.Epoch.Value, producer, sequence) is not { } appended)
            {
                Machine.OnDiskRefused();
                SeekHelp();
                answer(null);
                return;
            }

            Machine.OnDiskWorks();

            batch = appended;
        }

        if (Machine.HighWatermark.Value >= batch.End)
        {
            answer(batch);
            return;
        }

        _waiters.Add(new Waiter(batch, Machine.Epoch, answer));
        Machine.OnAppended(_broker.Clock);
        Settle();
    }

    /// <summary>What a consumer may see from an offset on, from a leader or a follower (KIP-392).</summary>
    public IEnumerable<SimulatedBatch> Read(long offset)
    {
        for (var i = Log.IndexOf(offset); i < Log.Batches.Count && Log.Batches[i].End <= Machine.HighWatermark.Value && Log.CountGood(i, 1) > 0; i++)
        {
            yield return Log.Batches[i];
        }
    }

    /// <summary>A leader's part; the answer follows once it is as durable as the topic asks.</summary>
    public void Take(ReplicatePart part, BrokerId from, Action<ReplicateAnswer> reply)
    {
        if (part.TopicId != _topic)
        {
            _world.Count("another topic's part is refused");
            reply(Machine.Answer(ErrorCode.UnknownTopicId));
            return;
        }

        var wasLeader = Machine.IsLeader;
        var wasDamaged = Log.IsDamaged;
        var answer = Machine.Take(part, from);
        if (wasDamaged && !Log.IsDamaged)
        {
            _world.Count("damaged follower is cut");
            _world.Trace($"broker {_broker.Id} drops damage of {_partition}, log end {Log.LogEnd}");
        }

        if (wasLeader && !Machine.IsLeader)
        {
            FailWaiters();
        }

        if (!Machine.IsSyncDue)
        {
            reply(answer);
            return;
        }

        _broker.After(_world.SyncTime(), () =>
        {
            Log.Sync();
            reply(answer);
        });
    }

    public ReplicaEnd DescribeEnd() => new(_partition, Machine.SoundEnd.Epoch, Machine.SoundEnd.EndOffset);

    public void OnBrokerGone(BrokerId broker)
    {
        Machine.OnBrokerGone(broker, _broker.Clock);
        Settle();
    }

    public void OnBrokerBack(BrokerId broker)
    {
        Machine.OnBrokerBack(broker, _broker.Clock);
        Settle();
    }

    public void OnAsked(BrokerId follower)
    {
        Machine.OnAsked(follower, _broker.Clock);
        Settle();
    }

    /// <summary>The files are gone, and with them the replica.</summary>
    public void Close()
    {
        _isClosed = true;
        Machine.Resign();
        FailWaiters();
    }

    private void Tick()
    {
        if (_isClosed)
        {
            return;
        }

        if (!Log.IsFull)
        {
            Machine.OnDiskWorks();
        }

        SeekHelp();
        Settle();
        if (_world.Chance.Of(0.2))
        {
            Log.Sync();
            Log.Scrub();
            _broker.CheckpointHighWatermark(_partition, Machine.HighWatermark.Value);
        }

        _broker.After(500 * Micros.Millisecond, Tick);
    }

    /// <summary>There is a leader after this one, or no such topic any more, whether it knows or not.</summary>
    private bool IsReplaced =>
        _world.TopicStore.State.Id != _topic.Value || Machine.Epoch.Value < _world.TopicStore.State.Partitions[_partition].LeaderEpoch;

    private void SeekHelp()
    {
        Resign(Machine.GiveWay(_broker.Clock));
        if (Machine.AskForWord(_broker.Clock) is var leader && leader != BrokerId.None)
        {
            _broker.Ask(leader.Value, _partition);
        }
    }

    private void Resign(LeaderResignation? resignation)
    {
        if (resignation is not null)
        {
            _world.Count(resignation.Reason == ErrorCode.CorruptMessage ? "damaged leader resigns" : "full leader resigns");
            _world.Trace($"broker {_broker.Id} resigns from {_partition} in epoch {resignation.LeaderEpoch}: {resignation.Reason}");
            _broker.Resign(resignation);
        }
    }

    /// <summary>After anything that may have changed what is committed, wanted or to be sent.</summary>
    private void Settle()
    {
        SyncIfDue();
        Commit();
        if (Machine.Propose(_broker.Clock) is { } proposal)
        {
            _broker.Propose(proposal);
        }

        Pump();
    }

    private void Commit()
    {
        if (!Machine.IsLeader)
        {
            return;
        }

        _ledger.Commit(_partition, _broker.Id, Machine.Epoch.Value, Log, Machine.HighWatermark.Value);
        StrongInSync.CheckLast(_world, _partition);
        var done = _waiters.Where(waiter => waiter.Batch.End <= Machine.HighWatermark.Value).ToArray();
        foreach (var waiter in done)
        {
            _waiters.Remove(waiter);
            waiter.Answer(waiter.Batch);
        }
    }

    private void SyncIfDue()
    {
        if (!Machine.IsLeader || !Machine.IsSyncDue || _isSyncing)
        {
            return;
        }

        _isSyncing = true;
        _broker.After(_world.SyncTime(), () =>
        {
            _isSyncing = false;
            Log.Sync();
            Machine.OnDurable(_broker.Clock);
            Settle();
        });
    }

    private void Pump()
    {
        foreach (var stream in Machine.Streams.ToArray())
        {
            Send(stream.Broker);
        }

        SchedulePump();
    }

    private void Send(BrokerId follower)
    {
        if (Machine.Plan(follower, _broker.Clock) is not { } plan)
        {
            return;
        }

        var records = plan.WantsRecords ? Log.Read(plan.PreviousOffset.Value, BatchesPerPart) : [];
        if (plan.WantsRecords && records.Length == 0)
        {
            Machine.OnCallFailed(plan, _broker.Clock);
            Resign(Machine.GiveWay(ErrorCode.CorruptMessage, _broker.Clock));
            return;
        }

        var part = plan.ToPart(new TopicPartition(SimulatedWorld.Topic, _partition), _topic, records);
        _world.Replicate(_broker, follower.Value, part, OnAnswer, OnFailure);

        void OnAnswer(long epoch, ReplicateAnswer answer)
        {
            if ((Machine.OnAnswer(plan, epoch, answer, _broker.Clock) & ReplicaChange.Resigned) != 0)
            {
                FailWaiters();
            }

            Settle();
        }

        void OnFailure()
        {
            Machine.OnCallFailed(plan, _broker.Clock);
            Settle();
        }
    }

    /// <summary>Wakes up when a retry or an untold high watermark is due.</summary>
    private void SchedulePump()
    {
        var next = long.MaxValue;
        foreach (var stream in Machine.Streams)
        {
            if (!stream.IsUnderWay)
            {
                var due = stream.Phase == FollowerPhase.Streaming ? stream.TellAt ?? TimeSpan.MaxValue : stream.RetryAt;
                if (due < TimeSpan.MaxValue)
                {
                    next = Math.Min(next, Math.Max(_broker.Now + Micros.Millisecond, (long)(due - _broker.Skew).TotalMicroseconds));
                }
            }
        }

        if (next >= _pumpAt || next == long.MaxValue)
        {
            return;
        }

        _pumpAt = next;
        _broker.After(next - _broker.Now, () =>
        {
            _pumpAt = long.MaxValue;
            Settle();
        });
    }

    private void FailWaiters()
    {
        foreach (var waiter in _waiters)
        {
            waiter.Answer(null);
        }

        _waiters.Clear();
    }

    private sealed record Waiter(SimulatedBatch Batch, LeaderEpoch Epoch, Action<SimulatedBatch?> Answer);
}
