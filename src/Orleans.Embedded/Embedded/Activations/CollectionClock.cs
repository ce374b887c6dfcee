namespace Orleans.Embedded.Activations;

/// <summary>
/// Time in steps of the collection quantum: noting a use costs a field's write instead of a clock's reading. Any thread.
/// </summary>
internal sealed class CollectionClock(TimeSpan quantum)
{
    private int _now;

    /// <summary>Steps since the silo's start.</summary>
    public int Now => Volatile.Read(ref _now);

    public void Step() => Interlocked.Increment(ref _now);

    /// <summary>At least this long ago; never too early, at most two steps late.</summary>
    public bool HasPassed(int since, TimeSpan time) => Now - since > Steps(time);

    public int After(TimeSpan time) => Now + Steps(time);

    private int Steps(TimeSpan time) => (int)Math.Min(int.MaxValue / 2, Math.Ceiling(time / quantum));
}
