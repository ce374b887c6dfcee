namespace Orleans.Runtime;

/// <summary>A timer of a grain: its ticks are turns of the activation; it ends with it.</summary>
public interface IGrainTimer : IDisposable
{
    /// <summary>The next tick after <paramref name="dueTime"/>, then one each <paramref name="period"/> after the last ended.</summary>
    void Change(TimeSpan dueTime, TimeSpan period);
}
