using System.CommandLine;
using OrleansStreaming.Cli.Application;
using OrleansStreaming.Cli.Clusters;
using OrleansStreaming.Cli.Measuring;

namespace OrleansStreaming.Cli.Commands.Perf;

/// <summary><c>perf consume</c>.</summary>
internal sealed class PerfConsumeCommand : PerfCommand
{
    private readonly Option<string?> _group = new("--group", "-g") { HelpName = "ID", Description = "Read as a member of a group. [default: without one]" };

    public PerfConsumeCommand(Tool tool)
        : base(tool, "consume", "Measure reading from the beginning, up to so many records or the end; the clock starts with the first.",
            "ostream perf consume orders --records 1000000 --bootstrap localhost:9092") => Add(_group);

    protected override async Task<PerfReport> MeasureAsync(
        ParseResult parsed, IClusterConnection cluster, string topic, long records, ProgressLine progress, CancellationToken cancellationToken)
    {
        await using var feed = cluster.OpenFeed(new FeedOptions
        {
            Topics = [topic], Start = StartPosition.Beginning, StopAtEnd = true, GroupId = parsed.GetValue(_group),
        });
        long read = 0;
        long bytes = 0;
        var began = Tool.Time.GetTimestamp();
        await foreach (var chunk in feed.ReadAsync(cancellationToken))
        {
            foreach (var record in chunk.Records)
            {
                if (read == records)
                {
                    break;
                }

                began = read == 0 ? Tool.Time.GetTimestamp() : began;
                bytes += record.Value?.Length ?? 0;
                read++;
                feed.MarkProcessed(record.Partition, record.Offset + 1);
            }

            progress.Show(read);
            if (read == records)
            {
                break;
            }
        }

        return PerfReport.Of("consume", topic, read, 0, bytes, Tool.Time.GetElapsedTime(began), null, null);
    }
}
