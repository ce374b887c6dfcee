namespace OrleansStreaming.Allocations;

/// <summary>
/// What code allocates, free of what it allocates only once: static constructors, compiled codecs, first buffers, arrays that a
/// pool gave to the collector. Any test may be the first of its process, and others run beside it, so no single run tells.
/// </summary>
internal static class Allocated
{
    private const int Runs = 20;

    /// <summary>The fewest bytes that one of up to 20 runs allocates on this thread; what every run allocates is always in it.</summary>
    /// <param name="action">Stays on the calling thread and does the same each time.</param>
    /// <param name="enough">No further run is needed after one that took this many bytes or fewer: the test's budget, when it has one.</param>
    public static long Least(Action action, long enough = 0)
    {
        long least = long.MaxValue;
        for (int run = 0; run < Runs && least > enough; run++)
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            action();
            least = Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - before);
        }

        return least;
    }
}
