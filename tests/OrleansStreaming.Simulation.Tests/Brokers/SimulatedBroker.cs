using OrleansStreaming.Cluster.Topics;
using OrleansStreaming.Contracts.Brokers;
using OrleansStreaming.Contracts.Cluster;
using OrleansStreaming.Contracts.Replication;
using OrleansStreaming.Records.Errors;
using OrleansStreaming.Records.Ids;
using OrleansStreaming.Replication.Brokers;
using OrleansStreaming.Simulation.Tests.Disks;
using OrleansStreaming.Simulation.Tests.Engine;
using OrleansStreaming.Simulation.Tests.Membership;
using OrleansStreaming.Simulation.Tests.Stores;
using OrleansStreaming.Simulation.Tests.Topics;

namespace OrleansStreaming.Simulation.Tests.Brokers;

/// <summary>
/// A broker: its disks outlive it, everything else is one life's. It joins, registers, opens its logs, announces itself, tails
/// the controller, and ends when it learns that it was declared dead.
/// </summary>
internal sealed partial class SimulatedBroker : SimulatedProcess
{
    private const long TailPeriod = 200 * Micros.Millisecond;

    private readonly SimulatedWorld _world;
    private readonly SimulatedFolder?[] _folders;
    private readonly ReplicaHost?[] _replicas;
    private BrokerMachine _machine;
    private bool _mayHaveLost;
    private bool _isDiskFull;
    private bool _isShort;
    private bool _isOpen;
    private RegisterBrokerCommand? _registration;

    public SimulatedBroker(int id, SimulatedWorld world)
        : base(world.Events)
    {
        Id = id;
        _world = world;
        _folders = new SimulatedFolder?[world.Options.Partitions];
        _replicas = new ReplicaHost?[_folders.Length];
        _machine = new BrokerMachine(BrokerId);
        Topics = new TopicActivation(this, world);
        Controller = new ControllerActivation(this, world);
    }

    public int Id { get; }

    public BrokerId BrokerId => new(Id);

    /// <summary>Under which this life is registered; -1 before.</summary>
    public long Epoch { get; private set; } = -1;

    public MembershipView View { get; private set; } = MembershipView.Empty;

    /// <summary>The brokers that are up, as it was told last.</summary>
    public LivingBroker[] Known { get; private set; } = [];

    /// <summary>How far its clock is off; it must not matter.</summary>
    public TimeSpan Skew { get; set; }

    /// <summary>Its monotonic clock.</summary>
    public TimeSpan Clock => TimeSpan.FromMicroseconds(Now) + Skew;

    /// <summary>The topic grain's activation here, if it comes to one.</summary>
    public TopicActivation Topics { get; }

    public ControllerActivation Controller { get; }

    /// <summary>One for each replica that it has, or had and has not removed yet.</summary>
    public IReadOnlyList<SimulatedFolder> Folders => [.. _folders.OfType<SimulatedFolder>()];

    /// <summary>It may have lost something, of which it has yet to tell a controller.</summary>
    public bool MayHaveLost => _mayHaveLost || _isShort;

    /// <summary>Its disk takes no writes.</summary>
    public bool IsDiskFull
    {
        get => _isDiskFull;
        set
        {
            _isDiskFull = value;
            foreach (var folder in Folders)
            {
                folder.Log.IsFull = value;
            }
        }
    }

    public string Silo => $"{Id}:{Life}";

    public ReplicaHost? Replica(TopicId topic, int partition) =>
        IsUp && _isOpen && _replicas[partition] is { } replica && replica.Topic == topic ? replica : null;

    /// <summary>What it has of a partition; an empty log when it has nothing of it.</summary>
    public SimulatedLog LogOf(TopicId topic, int partition) =>
        _folders[partition] is { } folder && folder.Topic == topic ? folder.Log : new SimulatedLog(countsOnlySynced: false);

    /// <summary>The newest description of a topic that it has been told; none of one that is deleted.</summary>
    public TopicDescription? Describe(TopicId topic) => _machine.Applied.FirstOrDefault(known => known.Id == topic);

    public void Start()
    {
        Begin();
        Epoch = -1;
        _isOpen = false;
        _machine = new BrokerMachine(BrokerId);
        Array.Clear(_replicas);
        foreach (var folder in Folders)
        {
            _machine.Found(new TopicPartition(SimulatedWorld.Topic, folder.Partition), folder.Topic);
        }

        Topics.Forget();
        Controller.Forget();
        if (Folders.Any(folder => folder.Log.LogEnd.Value < folder.Checkpoint))
        {
            // What was known to be committed is not there any more, which is found out when the logs are opened.
            _world.Count("missing tail is noticed");
            _isShort = true;
        }

        _world.Membership.Join(Id, Life);
        View = _world.Membership.Look();
        _world.Trace($"broker {Id} starts life {Life}");
        RepeatLate(_registration);
        _registration = Registration(_world.NewGuid());
        Register(_registration, []);
    }

    /// <summary>What the life before this one asked may still have been under way.</summary>
    private void RepeatLate(RegisterBrokerCommand? former)
    {
        if (former is not null && _world.Network.IsFaulty && _world.Chance.Of(0.2))
        {
            After(_world.Chance.LongTailed(50 * Micros.Millisecond, 5 * Micros.Second), () =>
                _world.TellController(this, controller => controller.Register(former, _ => { })));
        }
    }

    private RegisterBrokerCommand Registration(Guid incarnation) => new()
    {
        Broker = new BrokerDescription { Id = BrokerId, Host = "", Port = 1 },
        Incarnation = incarnation,
        Silo = Silo,
        HasLostNothing = !_mayHaveLost,
    };

    /// <summary>The process ends at once; with the power, what was not synced may go too.</summary>
    public void Crash(bool isPowerCut)
    {
        if (!IsUp)
        {
            return;
        }

        _world.Trace($"broker {Id} {(isPowerCut ? "loses power" : "is killed")}");
        End();

        // What a process has written outlives it while the machine goes on, which a broker knows by the machine's boot. That it
        // may have lost something is remembered until a controller has been told.
        _mayHaveLost |= isPowerCut;
        foreach (var folder in Folders)
        {
            if (isPowerCut)
            {
                folder.Log.LosePower(_world.Chance);
            }
            else
            {
                // Recovery reads what may be torn, and ends the log where it finds something else.
                _mayHaveLost |= _world.Chance.Of(0.5) && folder.Log.CutAtRot();
                folder.Log.Reopen();
            }

            folder.Checkpoint = Math.Min(folder.Checkpoint, folder.Log.LogEnd.Value);
            _world.Trace($"  log {folder.Partition} of broker {Id} ends at {folder.Log.LogEnd}, committed is {_world.LedgerOf(folder.Topic).CommittedEnd(folder.Partition)}");
        }

        var life = Life;
        Events.After(_world.DetectionTime(), () => _world.Membership.Leave(Id, life));
    }

    /// <summary>While it is down, a file of it becomes shorter than it is known to have been; false when none can.</summary>
    public bool LoseTail(Chance chance)
    {
        if (IsUp || _folders[chance.Below(_folders.Length)] is not { } folder || folder.Checkpoint <= folder.Log.LogStart.Value)
        {
            return false;
        }

        folder.Log.LoseTail(chance.Between(folder.Log.LogStart.Value, folder.Checkpoint - 1));
        _world.Trace($"log {folder.Partition} of broker {Id} has lost its tail and ends at {folder.Log.LogEnd}");
        return true;
    }

    /// <summary>Hands its leaderships over, syncs, and ends.</summary>
    public void StopCleanly(int attempts = 0)
    {
        _world.CallController(
            this,
            (controller, reply) => controller.BeginShutdown(new BeginShutdownCommand { Broker = BrokerId, BrokerEpoch = Epoch }, reply),
            (BeginShutdownResult answer) => GoOn(answer.RemainingLeaders > 0),
            () => GoOn(true));

        void GoOn(bool isLeading)
        {
            if (isLeading && attempts < 10)
            {
                After(200 * Micros.Millisecond, () => StopCleanly(attempts + 1));
                return;
            }

            _world.Trace($"broker {Id} stops cleanly");
            End();
            foreach (var folder in Folders)
            {
                folder.Log.Sync();
                folder.Log.Reopen();
            }

            _world.Membership.Leave(Id, Life);
            _world.RestartSoon(this);
        }
    }

    public void CheckpointHighWatermark(int partition, long highWatermark) => _folders[partition]!.Checkpoint = highWatermark;

    /// <summary>Another broker's leader speaks to the follower here.</summary>
    public void Replicate(ReplicatePart part, int from, Action<(long Epoch, ReplicateAnswer Answer)> reply)
    {
        if (!_isOpen || _replicas[part.Partition] is not { } replica)
        {
            reply((Epoch, new ReplicateAnswer(ErrorCode.NotLeaderOrFollower, LeaderEpoch.None, Offset.None, LeaderEpoch.None, Offset.None)));
            return;
        }

        replica.Take(part, new BrokerId(from), answer => reply((Epoch, answer)));
    }

    public void Propose(InSyncProposal proposal) => _world.TellTopic(this, topic => topic.ProposeInSync(proposal));

    public void Resign(LeaderResignation resignation) => _world.TellController(this, controller => controller.Resign(resignation));

    /// <summary>Asks a leader for its next word to the follower here.</summary>
    public void Ask(int leader, int partition)
    {
        var asked = _world.Broker(leader);
        _world.Network.Tell(Id, asked, leader, () => asked._replicas[partition]?.OnAsked(BrokerId));
    }

    /// <summary>Learns who is alive by now; fails without a way to the table.</summary>
    public void ReadMembership(Action onRead, Action onFailure)
    {
        if (_world.Network.IsCut(Id, SimulatedStore<TopicState>.Place))
        {
            After(Micros.Second, onFailure);
            return;
        }

        After(_world.ReadTime(), () =>
        {
            Learn(_world.Membership.Look());
            if (IsUp)
            {
                onRead();
            }
        });
    }

    /// <summary>News of who is alive. A life that was declared dead ends itself.</summary>
    public void Learn(MembershipView view)
    {
        if (view.Version <= View.Version)
        {
            return;
        }

        var before = View.Living;
        View = view;
        if (view.Living.GetValueOrDefault(Id) != Life)
        {
            _world.Trace($"broker {Id} learns that it was declared dead");
            Crash(isPowerCut: false);
            _world.RestartSoon(this);
            return;
        }

        foreach (var replica in _replicas)
        {
            if (replica is null)
            {
                continue;
            }

            foreach (var broker in before.Keys.Where(id => view.Living.GetValueOrDefault(id) != before[id]))
            {
                replica.OnBrokerGone(new BrokerId(broker));
            }

            foreach (var broker in view.Living.Keys)
            {
                replica.OnBrokerBack(new BrokerId(broker));
            }
        }

        Controller.OnMembershipChanged();
    }

    private void Register(RegisterBrokerCommand command, IReadOnlyList<TopicId> dropped) => _world.CallController(
        this,
        (controller, reply) => controller.Register(command, reply),
        (RegisterBrokerResult answer) =>
        {
            if (answer.Refusal is not null)
            {
                After(100 * Micros.Millisecond, () => Register(command, dropped));
                return;
            }

            _mayHaveLost &= _isShort;
            Epoch = answer.BrokerEpoch;
            foreach (var replica in _replicas)
            {
                replica?.Reregister(Epoch);
            }

            if (!_isOpen)
            {
                _isOpen = true;
                foreach (var topic in answer.DeletedTopics)
                {
                    Drop(topic);
                }

                dropped = answer.DeletedTopics;
                foreach (var folder in Folders)
                {
                    Open(folder.Topic, folder.Partition);
                }

                Tail();
            }

            if (_isShort)
            {
                _isShort = false;
                _mayHaveLost = true;
                Register(Registration(command.Incarnation), dropped);
                return;
            }

            Announce(command, dropped);
        },
        () => After(100 * Micros.Millisecond, () => Register(command, dropped)));

    /// <summary>A refusal may come from a controller that was replaced and does not know of the registration: register again.</summary>
    private void Announce(RegisterBrokerCommand command, IReadOnlyList<TopicId> dropped) => _world.CallController(
        this,
        (controller, reply) => controller.AnnounceReady(
            new AnnounceReadyCommand { Broker = BrokerId, Incarnation = command.Incarnation, DroppedTopics = dropped }, reply),
        (AnnounceReadyResult answer) =>
        {
            if (answer.Error != ErrorCode.None)
            {
                Register(command, dropped);
                return;
            }

            _world.Trace($"broker {Id} is ready under epoch {Epoch}");
        },
        () => After(100 * Micros.Millisecond, () => Announce(command, dropped)));

    private void Tail() => _world.CallController(
        this,
        (controller, reply) => controller.Tail(reply),
        (Metadata metadata) =>
        {
            Known = metadata.Living;
            if (metadata.Topic is not null)
            {
                Apply(metadata.Topic);
                AskWhatMoved(metadata.Topic);
            }

            After(TailPeriod, Tail);
        },
        () => After(TailPeriod, Tail));
}
