using OrleansStreaming.Cluster.Topics;
using OrleansStreaming.Simulation.Tests.Brokers;
using OrleansStreaming.Simulation.Tests.Engine;
using OrleansStreaming.Simulation.Tests.Stores;

namespace OrleansStreaming.Simulation.Tests.Runs;

/// <summary>
/// Makes things go wrong, by chance, until told to stop. Without a sync for every append it cuts the power of one broker at a
/// time and waits until that one has caught up: more than that, replication alone does not promise to survive.
/// </summary>
internal sealed partial class FaultPlan
{
    private readonly SimulatedWorld _world;
    private readonly HashSet<SimulatedBroker> _powerless = [];
    private SimulatedBroker? _unsound;
    private bool _isOver;

    public FaultPlan(SimulatedWorld world)
    {
        _world = world;
        Next();
        if (world.Options.DeletesTopic)
        {
            KeepTopic();
        }
    }

    public void Stop()
    {
        _isOver = true;
        _world.Trace("faults stop");
        _world.Network.Heal();
        _world.Network.IsFaulty = false;
        _world.IsDirectorySplit = false;
        foreach (var broker in _world.Brokers)
        {
            broker.IsDiskFull = false;
            if (broker.IsPaused)
            {
                broker.Resume();
            }
            else if (!broker.IsUp)
            {
                _world.RestartSoon(broker);
            }
        }
    }

    private Chance Chance => _world.Chance;

    private void Next() => _world.Events.After(Chance.LongTailed(_world.Options.FaultPeriod / 2, _world.Options.FaultPeriod * 4), () =>
    {
        if (!_isOver)
        {
            Inflict();
            Next();
        }
    });

    private void Inflict()
    {
        switch (Chance.Below(_world.Options.DeletesTopic ? 20 : 18))
        {
            case 0 or 1:
                Kill(Anyone());
                break;
            case 2 or 3:
                CutPower();
                break;
            case 4:
                Pause(Anyone());
                break;
            case 5:
                Isolate(Anyone());
                break;
            case 6:
                CutOneWay();
                break;
            case 7:
                CutBridge();
                break;
            case 8:
                FillDisk(Anyone());
                break;
            case 9:
                SkipClock(Anyone());
                break;
            case 10:
                Split();
                break;
            case 11:
                Stop(Anyone());
                break;
            case 12:
                FillDisksOfAll();
                break;
            case 13 or 14:
                Rot(Anyone());
                break;
            case 15:
                ShortenFile(Anyone());
                break;
            case 16:
                Move();
                break;
            case 18 or 19:
                DeleteTopic();
                break;
            default:
                Balance();
                break;
        }
    }

    private void Stop(SimulatedBroker broker)
    {
        if (broker is { IsUp: true, IsPaused: false, Epoch: > 0 })
        {
            _world.Count("clean stop");
            broker.StopCleanly();
        }
    }

    private SimulatedBroker Anyone() => Leader() is { } leader && Chance.Of(0.5) ? leader : Chance.Pick(_world.Brokers);

    private SimulatedBroker? Leader()
    {
        var partitions = _world.TopicStore.State.Partitions;
        var leader = partitions.Length == 0 ? PartitionState.NoLeader : partitions[Chance.Below(partitions.Length)].Leader;
        return leader > 0 ? _world.Broker(leader) : null;
    }

    private void Kill(SimulatedBroker broker)
    {
        _world.Count("kill");
        broker.Crash(isPowerCut: false);
        RestartLater(broker);
    }

    private void CutPower()
    {
        if (IsAnyUnsound && !_world.Options.MayLose)
        {
            return;
        }

        if (_world.Options.SyncsEveryAppend || _world.Options.MayLose)
        {
            var all = Chance.Of(_world.Options.MayLose ? 0.3 : 0.1);
            _world.Count(all ? "power cut of all" : "power cut");
            foreach (var broker in all ? _world.Brokers : [Anyone()])
            {
                broker.Crash(isPowerCut: true);
                RestartLater(broker);
                _powerless.Add(broker);
            }

            return;
        }

        _world.Count("power cut");
        _unsound = Anyone();
        _unsound.Crash(isPowerCut: true);
        RestartLater(_unsound);
    }

    /// <summary>One broker may lack something, so that the others must keep what they have.</summary>
    private bool IsAnyUnsound => _unsound is not null && !HasCaughtUp(_unsound);

    /// <summary>
    /// It is in sync again in everything it holds, in its present life; of what was moved away from it meanwhile, as many others hold all.
    /// </summary>
    private bool HasCaughtUp(SimulatedBroker broker) =>
        broker.Epoch > 0 && broker is { IsUp: true, MayHaveLost: false } && !broker.Folders.Any(folder => folder.Log.IsRotten) && _world.TopicStore.State.Partitions.All(partition =>
            partition.Replicas.Contains(broker.Id)
                ? partition.InSyncEpochOf(broker.Id) == broker.Epoch
                : partition.InSync.Count(id => partition.InSyncEpochOf(id) == _world.Broker(id).Epoch) >= _world.Options.MinInSync);

    private void Pause(SimulatedBroker broker)
    {
        if (!broker.IsUp || broker.IsPaused)
        {
            return;
        }

        var life = broker.Life;
        _world.Trace($"broker {broker.Id} stands still");
        _world.Count("pause");
        broker.Pause();
        _world.Events.After(Chance.Between(100, 60_000) * Micros.Millisecond, () => Resume(broker, life));
        _world.Events.After(Chance.Between(3_000, 6_000) * Micros.Millisecond, () =>
        {
            if (broker.Life == life && broker.IsPaused)
            {
                _world.Trace($"broker {broker.Id} is declared dead");
                _world.Membership.Leave(broker.Id, life);
            }
        });
    }

    private void Resume(SimulatedBroker broker, int life)
    {
        if (broker.Life == life && broker.IsPaused)
        {
            _world.Trace($"broker {broker.Id} goes on");
            broker.Resume();
        }
    }

    /// <summary>Full partition: nobody reaches it, nor it them, nor the store.</summary>
    private void Isolate(SimulatedBroker broker)
    {
        _world.Trace($"broker {broker.Id} is cut off");
        _world.Count("partition of one");
        foreach (var other in _world.Brokers)
        {
            CutBoth(broker.Id, other.Id);
        }

        CutBoth(broker.Id, SimulatedStore<TopicState>.Place);
        DeclareDeadWhileCut(broker);
        HealLater();
    }

    private void CutOneWay()
    {
        var (from, to) = (Anyone().Id, Chance.Pick(_world.Brokers).Id);
        _world.Trace($"nothing goes from {from} to {to}");
        _world.Count("one-way partition");
        _world.Network.Cut(from, to);
        HealLater();
    }

    /// <summary>Two groups that meet in one broker only.</summary>
    private void CutBridge()
    {
        var shuffled = _world.Brokers.Select(broker => broker.Id).OrderBy(_ => Chance.Below(1_000)).ToArray();
        var half = (shuffled.Length - 1) / 2;
        _world.Trace($"broker {shuffled[^1]} is the only bridge");
        _world.Count("bridge partition");
        foreach (var left in shuffled[..half])
        {
            foreach (var right in shuffled[half..^1])
            {
                CutBoth(left, right);
            }
        }

        HealLater();
    }

    /// <summary>A clock that all machines take for monotonic still runs ahead of the others' by up to an hour.</summary>
    private void SkipClock(SimulatedBroker broker)
    {
        _world.Trace($"the clock of broker {broker.Id} jumps");
        _world.Count("clock jump");
        broker.Skew += TimeSpan.FromMicroseconds(Chance.Between(0, 3_600 * Micros.Second));
    }

    /// <summary>For a while nobody agrees where the grains are.</summary>
    private void Split()
    {
        _world.Trace("grains are activated more than once");
        _world.Count("split directory");
        _world.IsDirectorySplit = true;
        _world.Events.After(Chance.Between(500, 10_000) * Micros.Millisecond, () => _world.IsDirectorySplit = false);
    }

    private void DeclareDeadWhileCut(SimulatedBroker broker)
    {
        var life = broker.Life;
        _world.Events.After(Chance.Between(2_000, 8_000) * Micros.Millisecond, () =>
        {
            if (_world.Network.IsCut(broker.Id, SimulatedStore<TopicState>.Place))
            {
                _world.Trace($"broker {broker.Id} is declared dead");
                _world.Membership.Leave(broker.Id, life);
            }
        });
    }

    private void CutBoth(int left, int right)
    {
        if (left != right)
        {
            _world.Network.Cut(left, right);
            _world.Network.Cut(right, left);
        }
    }

    private void HealLater() => _world.Events.After(Chance.Between(200, 20_000) * Micros.Millisecond, () =>
    {
        _world.Trace("the network heals");
        _world.Network.Heal();
    });

    private void RestartLater(SimulatedBroker broker)
    {
        var life = broker.Life;
        _world.Events.After(Chance.Between(200, 15_000) * Micros.Millisecond, () =>
        {
            if (!broker.IsUp && broker.Life == life)
            {
                broker.Start();
            }
        });
    }
}
