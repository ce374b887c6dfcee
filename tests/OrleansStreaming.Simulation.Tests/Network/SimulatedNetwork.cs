using OrleansStreaming.Simulation.Tests.Engine;

namespace OrleansStreaming.Simulation.Tests.Network;

/// <summary>
/// Messages between processes: delayed, reordered, lost, delivered twice, or held off by cuts in one direction or both. A lost
/// request or answer is a call that fails late; a dead peer or a cut is often noticed at once.
/// </summary>
internal sealed class SimulatedNetwork(EventQueue events, Chance chance, NetworkFaults faults)
{
    private readonly HashSet<(int From, int To)> _cuts = [];

    /// <summary>When off, the network is fast and loses nothing: faults have stopped.</summary>
    public bool IsFaulty { get; set; } = true;

    /// <summary>Nothing goes from one to the other until <see cref="Heal"/>.</summary>
    public void Cut(int from, int to) => _cuts.Add((from, to));

    public void Heal() => _cuts.Clear();

    public bool IsCut(int from, int to) => _cuts.Contains((from, to));

    /// <summary>
    /// Calls the handler in the other process. Exactly one of the outcomes happens in the caller's life, unless it ends first. The
    /// handler answers through its argument, once, now or later.
    /// </summary>
    public void Call<TAnswer>(
        SimulatedProcess caller, int from, SimulatedProcess callee, int to, Action<Action<TAnswer>> handler, Action<TAnswer> onAnswer, Action onFailure)
    {
        var life = caller.Life;
        var isOver = false;
        var timeout = faults.CallTimeout;
        events.After(timeout, () => Settle(onFailure));
        if (!callee.IsUp || (from != to && IsCut(from, to)))
        {
            // A refused connection is known at once, a silent one only after the timeout.
            if (!callee.IsUp || chance.Of(0.5))
            {
                events.After(Delay(from, to), () => Settle(onFailure));
            }

            return;
        }

        var copies = IsFaulty && from != to && chance.Of(faults.Duplicate) ? 2 : 1;
        for (var i = 0; i < copies; i++)
        {
            if (IsLost(from, to))
            {
                continue;
            }

            var calleeLife = callee.Life;
            events.After(Delay(from, to), () => callee.Enter(calleeLife, () => handler(answer =>
            {
                if (IsCut(to, from) || IsLost(to, from))
                {
                    return;
                }

                events.After(Delay(to, from), () => Settle(() => onAnswer(answer)));
            })));
        }

        // A connection that breaks with its process is noticed.
        var watched = callee.Life;
        events.After(timeout / 10, () =>
        {
            if (!callee.IsUp || callee.Life != watched)
            {
                Settle(onFailure);
            }
        });

        void Settle(Action outcome)
        {
            if (isOver)
            {
                return;
            }

            isOver = true;
            caller.Enter(life, outcome);
        }
    }

    /// <summary>Tells the other process something; nobody hears whether it arrived.</summary>
    public void Tell(int from, SimulatedProcess receiver, int to, Action handler)
    {
        if (!receiver.IsUp || IsCut(from, to) || IsLost(from, to))
        {
            return;
        }

        var life = receiver.Life;
        events.After(Delay(from, to), () => receiver.Enter(life, handler));
        if (IsFaulty && from != to && chance.Of(faults.Duplicate))
        {
            events.After(Delay(from, to), () => receiver.Enter(life, handler));
        }
    }

    private bool IsLost(int from, int to) => IsFaulty && from != to && chance.Of(faults.Loss);

    private long Delay(int from, int to) =>
        from == to ? 20 : IsFaulty ? chance.LongTailed(faults.TypicalDelay, faults.LongestDelay) : chance.Between(100, 300);
}
