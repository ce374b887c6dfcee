using OrleansStreaming.Simulation.Tests.Brokers;
using OrleansStreaming.Simulation.Tests.Engine;

namespace OrleansStreaming.Simulation.Tests.Workload;

/// <summary>A client outside the cluster: asks any broker who leads, and is wrong about it as long as that broker is.</summary>
internal abstract class SimulatedClient : SimulatedProcess
{
    /// <summary>Clients stand beside the cuts between brokers.</summary>
    protected const int Place = -2;

    protected SimulatedClient(SimulatedWorld world)
        : base(world.Events)
    {
        World = world;
        Begin();
    }

    protected SimulatedWorld World { get; }

    /// <summary>The leader of a partition by the word of a broker picked by chance; null when it cannot say.</summary>
    protected SimulatedBroker? FindLeader(int partition)
    {
        var asked = World.Chance.Pick(World.Brokers);
        var leader = asked is { IsUp: true, IsPaused: false } ? asked.Description?.Partitions[partition].Leader.Value ?? -1 : -1;
        return leader > 0 ? World.Broker(leader) : null;
    }
}
