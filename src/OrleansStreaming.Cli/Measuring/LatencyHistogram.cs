using System.Numerics;

namespace OrleansStreaming.Cli.Measuring;

/// <summary>
/// Durations by microsecond in buckets that grow with them: 128 to each power of two, so that a percentile is true to 1 %.
/// Any thread.
/// </summary>
internal sealed class LatencyHistogram
{
    private const int SubBucketBits = 7;
    private const int SubBuckets = 1 << SubBucketBits;

    private readonly long[] _counts = new long[(64 - SubBucketBits + 1) * SubBuckets];
    private long _count;
    private long _sum;
    private long _max;

    public long Count => Volatile.Read(ref _count);

    public void Record(TimeSpan latency)
    {
        var microseconds = Math.Max(0, latency.Ticks / TimeSpan.TicksPerMicrosecond);
        Interlocked.Increment(ref _counts[IndexOf(microseconds)]);
        Interlocked.Increment(ref _count);
        Interlocked.Add(ref _sum, microseconds);
        for (var max = Volatile.Read(ref _max); microseconds > max; max = Volatile.Read(ref _max))
        {
            Interlocked.CompareExchange(ref _max, microseconds, max);
        }
    }

    public TimeSpan Max => TimeSpan.FromMicroseconds(Volatile.Read(ref _max));

    public TimeSpan Mean => TimeSpan.FromMicroseconds(Count == 0 ? 0 : (double)Volatile.Read(ref _sum) / Count);

    /// <summary>The duration that so many percent do not exceed; zero without any.</summary>
    /// <param name="percent">0 to 100.</param>
    public TimeSpan Percentile(double percent)
    {
        var wanted = Math.Max(1, (long)Math.Ceiling(Count * percent / 100));
        long seen = 0;
        for (var i = 0; i < _counts.Length; i++)
        {
            seen += Volatile.Read(ref _counts[i]);
            if (seen >= wanted)
            {
                return TimeSpan.FromMicroseconds(Math.Min(HighestOf(i), Volatile.Read(ref _max)));
            }
        }

        return Max;
    }

    private static int IndexOf(long value)
    {
        if (value < SubBuckets)
        {
            return (int)value;
        }

        var shift = 63 - BitOperations.LeadingZeroCount((ulong)value) - SubBucketBits;
        return ((shift + 1) << SubBucketBits) + (int)((value >> shift) - SubBuckets);
    }

    private static long HighestOf(int index)
    {
        if (index < SubBuckets)
        {
            return index;
        }

        var shift = (index >> SubBucketBits) - 1;
        return (((index & (SubBuckets - 1)) + SubBuckets + 1L) << shift) - 1;
    }
}
