namespace OrleansStreaming.Simulation.Tests.Engine;

/// <summary>
/// Virtual time in microseconds and what happens next. Events of one instant run in the order in which they were scheduled, so
/// that a seed gives one history.
/// </summary>
internal sealed class EventQueue
{
    private readonly PriorityQueue<Action, (long At, long Order)> _events = new();
    private long _order;

    /// <summary>Microseconds since the simulation began.</summary>
    public long Now { get; private set; }

    public long Executed { get; private set; }

    public void After(long micros, Action action) => _events.Enqueue(action, (Now + Math.Max(0, micros), _order++));

    /// <summary>Runs the next event at or before <paramref name="until"/>; false when there is none, and time is then that.</summary>
    public bool Step(long until)
    {
        if (!_events.TryPeek(out var action, out var key) || key.At > until)
        {
            Now = until;
            return false;
        }

        _events.Dequeue();
        Now = key.At;
        Executed++;
        action();
        return true;
    }
}
