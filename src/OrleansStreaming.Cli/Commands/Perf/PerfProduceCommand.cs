using System.CommandLine;
using OrleansStreaming.Cli.Application;
using OrleansStreaming.Cli.Clusters;
using OrleansStreaming.Cli.Commands.Data;
using OrleansStreaming.Cli.Measuring;

namespace OrleansStreaming.Cli.Commands.Perf;

/// <summary><c>perf produce</c>.</summary>
internal sealed class PerfProduceCommand : PerfCommand
{
    private readonly PayloadOptions _payload = new(smallest: 0, size: 100, rate: 0);
    private readonly SendingOptions _sending = new();

    public PerfProduceCommand(Tool tool)
        : base(tool, "produce", "Measure writing: the rate, and the time from a record's intended sending to its acknowledgement.",
            "ostream perf produce orders --records 1000000 --size 100 --bootstrap localhost:9092",
            "ostream perf produce orders --records 30000 --rate 1000 --linger 5 --json")
    {
        _payload.AddTo(this);
        _sending.AddTo(this);
    }

    protected override async Task<PerfReport> MeasureAsync(
        ParseResult parsed, IClusterConnection cluster, string topic, long records, ProgressLine progress, CancellationToken cancellationToken)
    {
        var (size, rate) = _payload.Value(parsed);
        var value = new byte[size];
        Tool.Chance.NextBytes(value);
        var tally = new ProduceTally(Tool.Time);
        await using var writer = cluster.OpenWriter(_sending.Value(parsed));

        // The first record waits for metadata and a producer id, which is not what is measured.
        await await writer.EnqueueAsync(new OutgoingRecord(topic, null, value, []), cancellationToken);
        var began = Tool.Time.GetTimestamp();
        var pacing = new Pacing(Tool.Time, rate);
        for (long i = 0; i < records; i++)
        {
            var intended = await pacing.NextAsync(i, cancellationToken);
            tally.Add(await writer.EnqueueAsync(new OutgoingRecord(topic, null, value, []), cancellationToken), intended);
            progress.Show(i);
        }

        await writer.FlushAsync(cancellationToken);
        await tally.CompleteAsync();
        var elapsed = Tool.Time.GetElapsedTime(began);
        return PerfReport.Of("produce", topic, tally.Succeeded, tally.Failed, tally.Succeeded * size, elapsed, tally.Latencies, tally.FirstError);
    }
}
