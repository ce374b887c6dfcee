using System.Buffers.Binary;
using System.CommandLine;
using OrleansStreaming.Cli.Application;
using OrleansStreaming.Cli.Clusters;
using OrleansStreaming.Cli.Commands.Data;
using OrleansStreaming.Cli.Measuring;

namespace OrleansStreaming.Cli.Commands.Perf;

/// <summary><c>perf latency</c>: each record carries the run it belongs to and when it was to be sent.</summary>
internal sealed class PerfLatencyCommand : PerfCommand
{
    private const int StampSize = 2 * sizeof(long);

    private readonly PayloadOptions _payload = new(StampSize, size: 100, rate: 1000);
    private readonly SendingOptions _sending = new();

    public PerfLatencyCommand(Tool tool)
        : base(tool, "latency", "Measure end to end: from a record's intended sending until it is read.",
            "ostream perf latency orders --records 10000 --rate 1000 --bootstrap localhost:9092")
    {
        _payload.AddTo(this);
        _sending.AddTo(this);
    }

    protected override async Task<PerfReport> MeasureAsync(
        ParseResult parsed, IClusterConnection cluster, string topic, long records, ProgressLine progress, CancellationToken cancellationToken)
    {
        var (size, rate) = _payload.Value(parsed);
        var run = Tool.Chance.NextInt64();
        var latencies = new LatencyHistogram();
        var tally = new ProduceTally(Tool.Time);
        using var reading = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        await using var writer = cluster.OpenWriter(_sending.Value(parsed));

        // One record of no run, so that metadata and a producer id are there. The reader begins at this moment, not at the end,
        // so that it misses none of the run however long it takes to begin.
        var from = Tool.Time.GetUtcNow();
        await await writer.EnqueueAsync(new OutgoingRecord(topic, null, new byte[size], []), cancellationToken);
        var reader = ReadAsync(cluster, topic, from, run, records, latencies, reading.Token);
        var began = Tool.Time.GetTimestamp();
        var pacing = new Pacing(Tool.Time, rate);
        for (long i = 0; i < records && !reader.IsCompleted; i++)
        {
            var intended = await pacing.NextAsync(i, cancellationToken);
            tally.Add(await writer.EnqueueAsync(new OutgoingRecord(topic, null, Stamped(size, run, intended), []), cancellationToken), intended);
            progress.Show(i);
        }

        await writer.FlushAsync(cancellationToken);
        await tally.CompleteAsync();
        if (tally.Failed > 0)
        {
            await reading.CancelAsync();
        }

        await reader.ConfigureAwait(tally.Failed > 0 ? ConfigureAwaitOptions.SuppressThrowing : ConfigureAwaitOptions.None);
        return PerfReport.Of("latency", topic, latencies.Count, tally.Failed, latencies.Count * size, Tool.Time.GetElapsedTime(began), latencies, tally.FirstError);
    }

    private static byte[] Stamped(int size, long run, long intended)
    {
        var value = new byte[size];
        BinaryPrimitives.WriteInt64BigEndian(value, run);
        BinaryPrimitives.WriteInt64BigEndian(value.AsSpan(sizeof(long)), intended);
        return value;
    }

    /// <summary>Reads until all records of the run have come.</summary>
    private async Task ReadAsync(IClusterConnection cluster, string topic, DateTimeOffset from, long run, long records, LatencyHistogram latencies, CancellationToken cancellationToken)
    {
        await using var feed = cluster.OpenFeed(new FeedOptions { Topics = [topic], Start = StartPosition.At(from) });
        await foreach (var chunk in feed.ReadAsync(cancellationToken))
        {
            foreach (var record in chunk.Records)
            {
                if (record.Value is { Length: >= StampSize } value && BinaryPrimitives.ReadInt64BigEndian(value) == run)
                {
                    latencies.Record(Tool.Time.GetElapsedTime(BinaryPrimitives.ReadInt64BigEndian(value.AsSpan(sizeof(long)))));
                }
            }

            if (latencies.Count >= records)
            {
                return;
            }
        }
    }
}
