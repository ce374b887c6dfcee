using OrleansStreaming.Simulation.Tests.Brokers;
using OrleansStreaming.Simulation.Tests.Engine;

namespace OrleansStreaming.Simulation.Tests.Runs;

/// <summary>
/// Disks that are full, and disks that forget. As with power cuts, at most one broker at a time lacks something: what all in-sync
/// replicas have lost, nobody can bring back.
/// </summary>
internal sealed partial class FaultPlan
{
    /// <summary>A broker that had no power is not trusted until it has caught up, even where everything was synced.</summary>
    private bool MayForget => !_world.Options.MayLose && !IsAnyUnsound && _powerless.All(HasCaughtUp);

    private void FillDisk(SimulatedBroker broker)
    {
        _world.Count("full disk");
        Fill(broker, Chance.Between(1_000, 20_000) * Micros.Millisecond);
    }

    private void FillDisksOfAll()
    {
        _world.Count("all disks full");
        var time = Chance.Between(1_000, 20_000) * Micros.Millisecond;
        foreach (var broker in _world.Brokers)
        {
            Fill(broker, time);
        }
    }

    private void Fill(SimulatedBroker broker, long time)
    {
        _world.Trace($"the disk of broker {broker.Id} is full");
        broker.IsDiskFull = true;
        _world.Events.After(time, () => broker.IsDiskFull = false);
    }

    /// <summary>Batches of one replica rot, in places that may have been read before.</summary>
    private void Rot(SimulatedBroker broker)
    {
        if (!MayForget || broker.Folders.Count == 0 || Chance.Pick(broker.Folders).Log is not { Batches.Count: > 0 } disk)
        {
            return;
        }

        _unsound = broker;
        _world.Count("rotten batch");
        for (var times = 1 + Chance.Below(3); times > 0; times--)
        {
            var index = Chance.Of(0.5) ? Chance.Below(disk.Batches.Count) : Math.Max(0, disk.Batches.Count - 1 - Chance.Below(10));
            disk.Rot(index);
            _world.Trace($"{disk.Batches[index]} of broker {broker.Id} rots");
        }
    }

    /// <summary>A broker is killed, or killed with all others, and finds a file shorter than it left it.</summary>
    private void ShortenFile(SimulatedBroker broker)
    {
        if (!MayForget)
        {
            return;
        }

        _unsound = broker;
        foreach (var victim in Chance.Of(0.3) ? _world.Brokers : [broker])
        {
            victim.Crash(isPowerCut: false);
            RestartLater(victim);
        }

        if (broker.LoseTail(Chance))
        {
            _world.Count("shortened file");
        }
    }
}
