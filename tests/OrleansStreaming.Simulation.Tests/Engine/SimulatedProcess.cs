namespace OrleansStreaming.Simulation.Tests.Engine;

/// <summary>
/// A process that can die, be stopped for a while, and start again. What it planned in one life never runs in another; what
/// would have run while it was stopped runs when it goes on.
/// </summary>
internal class SimulatedProcess(EventQueue events)
{
    private readonly List<Action> _held = [];

    /// <summary>Grows with each start.</summary>
    public int Life { get; private set; }

    public bool IsUp { get; private set; }

    public bool IsPaused { get; private set; }

    protected EventQueue Events { get; } = events;

    public long Now => Events.Now;

    /// <summary>Runs the action in this life, when its time has come and the process is not stopped.</summary>
    public void After(long micros, Action action)
    {
        var life = Life;
        Events.After(micros, () => Enter(life, action));
    }

    /// <summary>Runs the action now, or when the process goes on; never in another life.</summary>
    public void Enter(int life, Action action)
    {
        if (!IsUp || life != Life)
        {
            return;
        }

        if (IsPaused)
        {
            _held.Add(() => Enter(life, action));
            return;
        }

        action();
    }

    public void Pause() => IsPaused = IsUp;

    public void Resume()
    {
        IsPaused = false;
        var held = _held.ToArray();
        _held.Clear();
        foreach (var action in held)
        {
            Events.After(0, action);
        }
    }

    protected void Begin()
    {
        Life++;
        IsUp = true;
        IsPaused = false;
    }

    protected void End()
    {
        IsUp = false;
        IsPaused = false;
        _held.Clear();
    }
}
