using OrleansStreaming.Records.Ids;
using OrleansStreaming.Simulation.Tests.Disks;
using OrleansStreaming.Simulation.Tests.Engine;

namespace OrleansStreaming.Simulation.Tests.Workload;

/// <summary>An idempotent acks=all producer of one partition: sends the next batch when the last one is acknowledged, and repeats it until then.</summary>
internal sealed class SimulatedProducer : SimulatedClient
{
    private readonly int _partition;
    private readonly int _id;
    private long _sequence;
    private int _count = 1;

    public SimulatedProducer(SimulatedWorld world, TopicId topic, int partition, int id)
        : base(world, topic)
    {
        _partition = partition;
        _id = id;
        After(world.Chance.Between(0, Micros.Second), Send);
    }

    /// <summary>When the last acknowledgement came.</summary>
    public long AcknowledgedAt { get; private set; }

    private void Send()
    {
        if (FindLeader(_partition) is not { } leader)
        {
            Again();
            return;
        }

        World.Network.Call<SimulatedBatch?>(
            this,
            Place,
            leader,
            leader.Id,
            reply =>
            {
                if (leader.Replica(Topic, _partition) is { } replica)
                {
                    replica.Produce(_id, _sequence, _count, reply);
                }
                else
                {
                    reply(null);
                }
            },
            OnAnswer,
            Again);
    }

    private void OnAnswer(SimulatedBatch? batch)
    {
        if (batch is not { } acknowledged)
        {
            Again();
            return;
        }

        if (acknowledged.Sequence != _sequence)
        {
            return;
        }

        Ledger.Acknowledge(_partition, acknowledged);
        AcknowledgedAt = Now;
        _sequence++;
        _count = 1 + World.Chance.Below(3);
        After(World.Chance.LongTailed(100 * Micros.Millisecond, 3 * Micros.Second), Send);
    }

    private void Again() => After(World.Chance.Between(20, 200) * Micros.Millisecond, Send);
}
