using System.Collections.Immutable;
using OrleansStreaming.Cluster.Brokers;
using OrleansStreaming.Cluster.Controller;
using OrleansStreaming.Cluster.Topics;
using OrleansStreaming.Contracts.Cluster;
using OrleansStreaming.Contracts.Replication;
using OrleansStreaming.Records.Ids;
using OrleansStreaming.Simulation.Tests.Brokers;
using OrleansStreaming.Simulation.Tests.Checks;
using OrleansStreaming.Simulation.Tests.Engine;
using OrleansStreaming.Simulation.Tests.Membership;
using OrleansStreaming.Simulation.Tests.Network;
using OrleansStreaming.Simulation.Tests.Runs;
using OrleansStreaming.Simulation.Tests.Stores;
using OrleansStreaming.Simulation.Tests.Topics;

namespace OrleansStreaming.Simulation.Tests;

/// <summary>
/// A whole cluster in one thread: brokers, network, membership and grain state, and who reaches whom. One topic whose partitions
/// are all on the first three brokers or more; it may be deleted, and created again under another id.
/// </summary>
internal sealed class SimulatedWorld
{
    public const string Topic = "t";
    private const int TraceLength = 1200;

    private readonly Queue<string> _trace = new();
    private readonly Dictionary<TopicId, Ledger> _ledgers = [];

    public SimulatedWorld(SimulationOptions options)
    {
        Options = options;
        Chance = new Chance(options.Seed ^ 0x5EED);
        Network = new SimulatedNetwork(Events, Chance, NetworkFaults.From(Chance));
        var topic = NewTopic();
        TopicStore = new SimulatedStore<TopicState>(Events, Chance, Network, topic);
        ControllerStore = new SimulatedStore<ControllerState>(Events, Chance, Network, new ControllerState
        {
            ClusterId = "simulated",
            Topics = ImmutableDictionary<string, TopicEntry>.Empty.Add(Topic, new TopicEntry { Id = topic.Id }),
        });
        Rules = new ControllerRules(NewGuid, new Random(options.Seed), ImmutableDictionary<string, string>.Empty);
        Ledger = LedgerOf(new TopicId(topic.Id));
        TopicStore.Written += (_, state) => Ledger = state.Id == Guid.Empty ? Ledger : LedgerOf(new TopicId(state.Id));
        Brokers = [.. Enumerable.Range(1, options.Brokers).Select(id => new SimulatedBroker(id, this))];
        Membership.Changed += SpreadMembership;
    }

    public SimulationOptions Options { get; }

    public EventQueue Events { get; } = new();

    public Chance Chance { get; }

    public SimulatedNetwork Network { get; }

    public MembershipTable Membership { get; } = new();

    public SimulatedStore<TopicState> TopicStore { get; }

    public SimulatedStore<ControllerState> ControllerStore { get; }

    /// <summary>What is known of the topic that there is, or was last.</summary>
    public Ledger Ledger { get; private set; }

    public ControllerRules Rules { get; }

    /// <summary>How often each thing happened that a run is there for.</summary>
    public Dictionary<string, long> Counts { get; } = [];

    public IReadOnlyList<SimulatedBroker> Brokers { get; }

    /// <summary>While it lasts, callers do not agree where a grain is: there are several activations of it.</summary>
    public bool IsDirectorySplit { get; set; }

    /// <summary>The last things that happened, for the message of a failure.</summary>
    public IEnumerable<string> LastEvents => _trace;

    public SimulatedBroker Broker(int id) => Brokers[id - 1];

    /// <summary>Of one topic of that name.</summary>
    public Ledger LedgerOf(TopicId topic)
    {
        if (!_ledgers.TryGetValue(topic, out var ledger))
        {
            _ledgers[topic] = ledger = new Ledger(Options.Partitions, _ledgers.Count);
        }

        return ledger;
    }

    public int Acknowledged => _ledgers.Values.Sum(ledger => ledger.Acknowledged);

    public Guid NewGuid()
    {
        Span<byte> bytes = stackalloc byte[16];
        for (var i = 0; i < 16; i++)
        {
            bytes[i] = (byte)Chance.Below(256);
        }

        return new Guid(bytes);
    }

    public void Trace(string text)
    {
        _trace.Enqueue($"{Events.Now / 1e6:000.000000} {text}");
        if (_trace.Count > TraceLength)
        {
            _trace.Dequeue();
        }
    }

    public void Count(string what) => Counts[what] = Counts.GetValueOrDefault(what) + 1;

    /// <summary>How long until a process that ended is known to have ended.</summary>
    public long DetectionTime() => Chance.Of(0.8) ? Chance.Between(10, 500) * Micros.Millisecond : Chance.Between(1_000, 8_000) * Micros.Millisecond;

    /// <summary>How long it takes to read the membership table.</summary>
    public long ReadTime() => Chance.LongTailed(500, 20 * Micros.Millisecond);

    public long SyncTime() => Chance.LongTailed(2 * Micros.Millisecond, 500 * Micros.Millisecond);

    public void RestartSoon(SimulatedBroker broker)
    {
        var life = broker.Life;
        Events.After(Chance.Between(100, 10_000) * Micros.Millisecond, () =>
        {
            if (!broker.IsUp && broker.Life == life)
            {
                broker.Start();
            }
        });
    }

    public void CallController<TAnswer>(
        SimulatedBroker caller, Action<ControllerActivation, Action<TAnswer>> call, Action<TAnswer> onAnswer, Action onFailure)
    {
        var host = Broker(HostOf(caller));
        Network.Call(caller, caller.Id, host, host.Id, reply => call(host.Controller, reply), onAnswer, onFailure);
    }

    public void TellController(SimulatedBroker caller, Action<ControllerActivation> tell)
    {
        var host = Broker(HostOf(caller));
        Network.Tell(caller.Id, host, host.Id, () => tell(host.Controller));
    }

    public void CallTopic<TAnswer>(
        SimulatedBroker caller, Action<TopicActivation, Action<TAnswer>> call, Action<TAnswer> onAnswer, Action onFailure)
    {
        var host = Broker(HostOf(caller, offset: 1));
        Network.Call(caller, caller.Id, host, host.Id, reply => call(host.Topics, reply), onAnswer, onFailure);
    }

    public void TellTopic(SimulatedBroker caller, Action<TopicActivation> tell)
    {
        var host = Broker(HostOf(caller, offset: 1));
        Network.Tell(caller.Id, host, host.Id, () => tell(host.Topics));
    }

    public void TellBrokers(SimulatedBroker caller, TopicDescription description)
    {
        foreach (var broker in Brokers)
        {
            Network.Tell(caller.Id, broker, broker.Id, () => broker.Apply(description));
        }
    }

    public void Replicate(
        SimulatedBroker caller, int to, ReplicatePart part, Action<long, ReplicateAnswer> onAnswer, Action onFailure)
    {
        var callee = Broker(to);
        Network.Call<(long Epoch, ReplicateAnswer Answer)>(
            caller,
            caller.Id,
            callee,
            to,
            reply => callee.Replicate(part, caller.Id, reply),
            answer => onAnswer(answer.Epoch, answer.Answer),
            onFailure);
    }

    /// <summary>Where a caller thinks that a grain is: among those it knows to be alive.</summary>
    private int HostOf(SimulatedBroker caller, int offset = 0)
    {
        var living = caller.View.Living.Keys.Order().ToArray();
        return IsDirectorySplit ? Chance.Pick(living) : living[offset % living.Length];
    }

    private void SpreadMembership()
    {
        foreach (var broker in Brokers)
        {
            Events.After(Chance.LongTailed(20 * Micros.Millisecond, 2 * Micros.Second), () => LookAtMembership(broker, broker.Life));
        }
    }

    /// <summary>A broker that is cut off from the table learns later.</summary>
    private void LookAtMembership(SimulatedBroker broker, int life)
    {
        if (broker.IsUp && Network.IsCut(broker.Id, SimulatedStore<TopicState>.Place))
        {
            Events.After(Micros.Second, () => LookAtMembership(broker, life));
            return;
        }

        broker.Enter(life, () => broker.Learn(Membership.Look()));
    }

    /// <summary>The configs of every topic here.</summary>
    public ImmutableDictionary<string, string> Configs =>
        ImmutableDictionary<string, string>.Empty.Add("min.insync.replicas", Options.MinInSync.ToString());

    /// <summary>The first three brokers or more.</summary>
    public int[][] Assignments =>
        [.. Enumerable.Range(0, Options.Partitions).Select(partition => Enumerable.Range(0, 3).Select(place => 1 + ((partition + place) % Options.Brokers)).ToArray())];

    private TopicState NewTopic()
    {
        return new TopicState
        {
            Name = Topic,
            Id = NewGuid(),
            Version = 1,
            Configs = Configs,
            Partitions = Array.ConvertAll(Assignments, replicas => PartitionElection.Create(replicas, LivingBrokers.None)),
        };
    }
}
