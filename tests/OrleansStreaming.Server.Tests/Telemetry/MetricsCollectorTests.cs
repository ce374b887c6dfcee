using System.Diagnostics.Metrics;
using OrleansStreaming.Allocations;
using OrleansStreaming.Server.Telemetry;

namespace OrleansStreaming.Server.Tests.Telemetry;

public sealed class MetricsCollectorTests : IDisposable
{
    // A meter of its own per test: listeners hear every meter of the process.
    private readonly string _name = $"OrleansStreaming.Test{Guid.NewGuid():N}";
    private readonly Meter _meter;
    private readonly MetricsCollector _collector = new();

    public MetricsCollectorTests() => _meter = new Meter(_name);

    private string Prefix => _name[^8..];

    [Fact]
    public void CountersAddUpPerLabels()
    {
        var counter = _meter.CreateCounter<long>($"{Prefix}.records", "{record}", "Records\nwritten.");
        counter.Add(2, new KeyValuePair<string, object?>("topic", "a"));
        counter.Add(3, new KeyValuePair<string, object?>("topic", "a"));
        counter.Add(4, new KeyValuePair<string, object?>("topic", "b\"\\"), new KeyValuePair<string, object?>("partition", 7));

        var text = Collect();

        Assert.Contains($"# HELP {Family("records_total")} Records\\nwritten.\n", text, StringComparison.Ordinal);
        Assert.Contains($"# TYPE {Family("records_total")} counter\n", text, StringComparison.Ordinal);
        Assert.Contains($"{Family("records_total")}{{topic=\"a\"}} 5\n", text, StringComparison.Ordinal);
        Assert.Contains($"{Family("records_total")}{{topic=\"b\\\"\\\\\",partition=\"7\"}} 4\n", text, StringComparison.Ordinal);
    }

    [Fact]
    public void HistogramsCountUpToEachBound()
    {
        var histogram = _meter.CreateHistogram(
            $"{Prefix}.latency", "s", null, null, new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.1, 1] });
        foreach (var value in (double[])[0.05, 0.1, 0.5, 5])
        {
            histogram.Record(value);
        }

        var text = Collect();

        Assert.Contains($"# TYPE {Family("latency_seconds")} histogram\n", text, StringComparison.Ordinal);
        Assert.Contains($"{Family("latency_seconds")}_bucket{{le=\"0.1\"}} 2\n", text, StringComparison.Ordinal);
        Assert.Contains($"{Family("latency_seconds")}_bucket{{le=\"1\"}} 3\n", text, StringComparison.Ordinal);
        Assert.Contains($"{Family("latency_seconds")}_bucket{{le=\"+Inf\"}} 4\n", text, StringComparison.Ordinal);
        Assert.Contains($"{Family("latency_seconds")}_sum 5.65\n", text, StringComparison.Ordinal);
        Assert.Contains($"{Family("latency_seconds")}_count 4\n", text, StringComparison.Ordinal);
    }

    [Fact]
    public void ObservedSeriesEndWhenTheyAreNoLongerTold()
    {
        var topics = new List<string> { "a", "b" };
        _meter.CreateObservableGauge(
            $"{Prefix}.size", () => topics.Select(topic => new Measurement<long>(1, new KeyValuePair<string, object?>("topic", topic))), "By");
        Assert.Contains($"{Family("size_bytes")}{{topic=\"b\"}} 1\n", Collect(), StringComparison.Ordinal);

        topics.Remove("b");
        var text = Collect();

        Assert.Contains($"{Family("size_bytes")}{{topic=\"a\"}} 1\n", text, StringComparison.Ordinal);
        Assert.DoesNotContain("topic=\"b\"", text, StringComparison.Ordinal);
    }

    [Fact]
    public void UpDownCountersAndGaugesAreGauges()
    {
        var connections = _meter.CreateUpDownCounter<int>($"{Prefix}.connections");
        connections.Add(3);
        connections.Add(-1);
        _meter.CreateGauge<double>($"{Prefix}.ratio").Record(0.25);

        var text = Collect();

        Assert.Contains($"# TYPE {Family("connections")} gauge\n{Family("connections")} 2\n", text, StringComparison.Ordinal);
        Assert.Contains($"{Family("ratio")} 0.25\n", text, StringComparison.Ordinal);
    }

    [Fact]
    public void OtherMetersAreNotHeard()
    {
        using var stranger = new Meter("Stranger");
        stranger.CreateCounter<long>("stranger.count").Add(1);

        Assert.DoesNotContain("stranger", Collect(), StringComparison.Ordinal);
    }

    [Fact]
    public void RecordingAllocatesNothingOnceASeriesExists()
    {
        var counter = _meter.CreateCounter<long>($"{Prefix}.cheap");
        object topic = "a";

        Assert.Equal(0, Allocated.Least(() =>
        {
            for (var i = 0; i < 1000; i++)
            {
                counter.Add(1, new KeyValuePair<string, object?>("topic", topic));
            }
        }));
    }

    [Fact]
    public void ConcurrentRecordingLosesNothing()
    {
        var counter = _meter.CreateCounter<long>($"{Prefix}.contended");

        Parallel.For(0, 8, worker =>
        {
            for (var i = 0; i < 10_000; i++)
            {
                counter.Add(1, new KeyValuePair<string, object?>("worker", worker % 2));
            }
        });

        Assert.Contains($"{Family("contended_total")}{{worker=\"0\"}} 40000\n", Collect(), StringComparison.Ordinal);
    }

    public void Dispose()
    {
        _collector.Dispose();
        _meter.Dispose();
    }

    private string Family(string rest) => PrometheusNames.Family(Prefix, null, isCounter: false) + "_" + rest;

    private string Collect()
    {
        var writer = new PrometheusWriter();
        _collector.Write(writer);
        return writer.ToString();
    }
}
