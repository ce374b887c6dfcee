using OrleansStreaming.Records.Ids;
using OrleansStreaming.Simulation.Tests.Brokers;
using OrleansStreaming.Simulation.Tests.Checks;
using OrleansStreaming.Simulation.Tests.Engine;

namespace OrleansStreaming.Simulation.Tests.Workload;

/// <summary>A client outside the cluster: asks any broker who leads, and is wrong about it as long as that broker is.</summary>
internal abstract class SimulatedClient : SimulatedProcess
{
    /// <summary>Clients stand beside the cuts between brokers.</summary>
    protected const int Place = -2;

    protected SimulatedClient(SimulatedWorld world, TopicId topic)
        : base(world.Events)
    {
        World = world;
        Topic = topic;
        Ledger = world.LedgerOf(topic);
        Begin();
    }

    protected SimulatedWorld World { get; }

    /// <summary>The topic it means, not another one of the same name.</summary>
    protected TopicId Topic { get; }

    protected Ledger Ledger { get; }

    /// <summary>It goes, e.g. because its topic is gone; what is under way arrives all the same.</summary>
    public void Stop() => End();

    /// <summary>The leader of a partition by the word of a broker picked by chance; null when it cannot say.</summary>
    protected SimulatedBroker? FindLeader(int partition)
    {
        var asked = World.Chance.Pick(World.Brokers);
        var leader = asked is { IsUp: true, IsPaused: false } ? asked.Describe(Topic)?.Partitions[partition].Leader.Value ?? -1 : -1;
        return leader > 0 ? World.Broker(leader) : null;
    }
}
