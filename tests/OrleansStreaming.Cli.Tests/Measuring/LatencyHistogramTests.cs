using OrleansStreaming.Cli.Measuring;

namespace OrleansStreaming.Cli.Tests.Measuring;

public sealed class LatencyHistogramTests
{
    [Fact]
    public void PercentilesAreTrueToOnePercent()
    {
        const int Seed = 7;
        var chance = new Random(Seed);
        var histogram = new LatencyHistogram();
        var values = Enumerable.Range(0, 20_000).Select(_ => (long)Math.Exp(chance.NextDouble() * 18)).ToArray();
        foreach (var value in values)
        {
            histogram.Record(TimeSpan.FromMicroseconds(value));
        }

        Array.Sort(values);
        foreach (var percent in (double[])[1, 50, 90, 99, 99.9, 100])
        {
            var exact = values[Math.Max(0, (int)Math.Ceiling(values.Length * percent / 100) - 1)];
            var found = histogram.Percentile(percent).TotalMicroseconds;
            Assert.True(found >= exact && found <= (exact * 1.01) + 1, $"p{percent}: {found} for {exact} (seed {Seed})");
        }

        Assert.Equal(values[^1], histogram.Max.TotalMicroseconds);
    }

    [Fact]
    public void NothingIsZero()
    {
        var histogram = new LatencyHistogram();

        Assert.Equal(TimeSpan.Zero, histogram.Percentile(99));
        Assert.Equal(TimeSpan.Zero, histogram.Mean);
    }

    [Fact]
    public void TheLongestFits()
    {
        var histogram = new LatencyHistogram();

        histogram.Record(TimeSpan.MaxValue);

        Assert.Equal(histogram.Max, histogram.Percentile(50));
    }
}
