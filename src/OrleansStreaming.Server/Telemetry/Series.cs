namespace OrleansStreaming.Server.Telemetry;

/// <summary>The numbers of one instrument under one set of labels. Recording takes no lock and allocates nothing.</summary>
internal abstract class Series(TagSet tags, int hash, Series? next)
{
    public TagSet Tags { get; } = tags;

    public int Hash { get; } = hash;

    /// <summary>The next series whose hash falls into the same slot.</summary>
    public Series? Next { get; } = next;

    /// <summary>The last collection that heard of it; series of observable instruments end when they are no longer told.</summary>
    public long SeenAt { get; set; }

    public abstract void Record(double value);

    /// <summary>Writes the samples of a family of this name.</summary>
    public abstract void Write(PrometheusWriter writer, string family);

    /// <summary>Adds up what counters are given, or keeps the last that a gauge or an observable instrument tells.</summary>
    internal sealed class Scalar(TagSet tags, int hash, Series? next, bool isSum) : Series(tags, hash, next)
    {
        private double _value;

        public override void Record(double value)
        {
            if (!isSum)
            {
                Volatile.Write(ref _value, value);
                return;
            }

            Add(ref _value, value);
        }

        public override void Write(PrometheusWriter writer, string family) =>
            writer.Sample(family, Tags.Text, Volatile.Read(ref _value));
    }

    /// <summary>Counts per bucket, with count and sum.</summary>
    internal sealed class Distribution(TagSet tags, int hash, Series? next, double[] bounds) : Series(tags, hash, next)
    {
        private readonly long[] _buckets = new long[bounds.Length + 1];
        private double _sum;

        public override void Record(double value)
        {
            var bucket = Array.BinarySearch(bounds, value);
            Interlocked.Increment(ref _buckets[bucket < 0 ? ~bucket : bucket]);
            Add(ref _sum, value);
        }

        public override void Write(PrometheusWriter writer, string family)
        {
            var separator = Tags.Text.Length == 0 ? "" : ",";
            var count = 0L;
            for (var i = 0; i < _buckets.Length; i++)
            {
                count += Interlocked.Read(ref _buckets[i]);
                var bound = i < bounds.Length ? PrometheusWriter.Number(bounds[i]) : "+Inf";
                writer.Sample(family + "_bucket", $"{Tags.Text}{separator}le=\"{bound}\"", count);
            }

            writer.Sample(family + "_sum", Tags.Text, Volatile.Read(ref _sum));
            writer.Sample(family + "_count", Tags.Text, count);
        }
    }

    private static void Add(ref double target, double value)
    {
        var seen = Volatile.Read(ref target);
        while (true)
        {
            var before = Interlocked.CompareExchange(ref target, seen + value, seen);
            if (before.Equals(seen))
            {
                return;
            }

            seen = before;
        }
    }
}
