using OrleansStreaming.Records.Ids;
using OrleansStreaming.Simulation.Tests.Disks;
using OrleansStreaming.Simulation.Tests.Engine;

namespace OrleansStreaming.Simulation.Tests.Workload;

/// <summary>
/// Reads one partition forward from the beginning, from its leader or from any broker (KIP-392). What it is shown must be what was
/// committed there, without holes.
/// </summary>
internal sealed class SimulatedConsumer : SimulatedClient
{
    private readonly int _partition;

    public SimulatedConsumer(SimulatedWorld world, TopicId topic, int partition)
        : base(world, topic)
    {
        _partition = partition;
        After(world.Chance.Between(0, Micros.Second), Poll);
    }

    /// <summary>The next offset to read.</summary>
    public long Position { get; private set; }

    /// <summary>Records were lost: there is nothing behind the end any more.</summary>
    public void GoBackTo(long end) => Position = Math.Min(Position, end);

    private void Poll()
    {
        var broker = World.Chance.Of(0.5) ? FindLeader(_partition) : World.Chance.Pick(World.Brokers);
        if (broker is null)
        {
            Again();
            return;
        }

        World.Network.Call<SimulatedBatch[]>(
            this, Place, broker, broker.Id, reply => reply(broker.Replica(Topic, _partition)?.Read(Position).ToArray() ?? []), OnRead, Again);
    }

    private void OnRead(SimulatedBatch[] batches)
    {
        foreach (var batch in batches)
        {
            if (batch.End <= Position)
            {
                continue;
            }

            if (batch.BaseOffset > Position)
            {
                throw new Checks.SimulationFailure($"Partition {_partition}: a consumer at {Position} was shown {batch}.");
            }

            if (!Ledger.CheckCommitted(_partition, batch, "was shown to a consumer"))
            {
                break;
            }

            Position = batch.End;
        }

        Again();
    }

    private void Again() => After(World.Chance.Between(100, 1_000) * Micros.Millisecond, Poll);
}
