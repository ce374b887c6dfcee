using OrleansStreaming.Simulation.Tests.Engine;
using OrleansStreaming.Simulation.Tests.Network;

namespace OrleansStreaming.Simulation.Tests.Stores;

/// <summary>
/// Where grain state lies: durable, shared by all, with ETags. A write is compare-and-swap and takes a while; one that was
/// answered is there, one that was not may be.
/// </summary>
internal sealed class SimulatedStore<TState>(EventQueue events, Chance chance, SimulatedNetwork network, TState initial)
{
    /// <summary>Beyond every broker: cuts towards it take a broker's store away.</summary>
    public const int Place = -1;

    public TState State { get; private set; } = initial;

    public long ETag { get; private set; }

    /// <summary>Everything that was ever written, for the checks.</summary>
    public event Action<TState, TState>? Written;

    public void Read(SimulatedProcess reader, int from, Action<TState, long> onRead, Action onFailure)
    {
        var life = reader.Life;
        if (network.IsCut(from, Place))
        {
            events.After(Micros.Second, () => reader.Enter(life, onFailure));
            return;
        }

        events.After(Delay(), () =>
        {
            var (state, etag) = (State, ETag);
            reader.Enter(life, () => onRead(state, etag));
        });
    }

    /// <summary>Answers the new ETag, or -1 when another wrote since; may fail though it has written.</summary>
    public void Write(SimulatedProcess writer, int from, TState state, long etag, Action<long> onAnswer, Action onFailure)
    {
        var life = writer.Life;
        if (network.IsCut(from, Place))
        {
            events.After(Micros.Second, () => writer.Enter(life, onFailure));
            return;
        }

        events.After(Delay(), () =>
        {
            var isCurrent = ETag == etag;
            if (isCurrent)
            {
                var before = State;
                State = state;
                ETag++;
                Written?.Invoke(before, state);
            }

            var answer = isCurrent ? ETag : -1;
            if (network.IsFaulty && chance.Of(0.005))
            {
                events.After(Micros.Second, () => writer.Enter(life, onFailure));
            }
            else
            {
                events.After(Delay(), () => writer.Enter(life, () => onAnswer(answer)));
            }
        });
    }

    private long Delay() => chance.LongTailed(500, 20 * Micros.Millisecond);
}
