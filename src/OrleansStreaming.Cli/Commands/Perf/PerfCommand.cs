using System.CommandLine;
using OrleansStreaming.Cli.Application;
using OrleansStreaming.Cli.Clusters;
using OrleansStreaming.Cli.Measuring;
using OrleansStreaming.Cli.Output;

namespace OrleansStreaming.Cli.Commands.Perf;

/// <summary>A measurement of one topic that ends with a <see cref="PerfReport"/>.</summary>
internal abstract class PerfCommand : ClusterCommand
{
    private readonly Argument<string> _topic = new("topic") { Description = "The topic's name; it must exist." };
    private readonly Option<long> _records = new("--records", "-n") { HelpName = "COUNT", DefaultValueFactory = _ => 100_000, Description = "How many records." };
    private readonly Option<bool> _json = new("--json") { Description = "The same as --output json." };

    protected PerfCommand(Tool tool, string name, string description, params string[] examples)
        : base(tool, name, description, examples)
    {
        Add(_topic);
        Add(_records);
        Add(_json);
    }

    protected abstract Task<PerfReport> MeasureAsync(
        ParseResult parsed, IClusterConnection cluster, string topic, long records, ProgressLine progress, CancellationToken cancellationToken);

    protected sealed override async Task<int> RunAsync(ParseResult parsed, IClusterConnection cluster, Report report, CancellationToken cancellationToken)
    {
        var records = parsed.GetValue(_records);
        if (records < 1)
        {
            throw new UsageException("--records is at least 1.");
        }

        var progress = new ProgressLine(Tool.Terminal, Tool.Time, records);
        PerfReport result;
        try
        {
            result = await MeasureAsync(parsed, cluster, parsed.GetRequiredValue(_topic), records, progress, cancellationToken);
        }
        finally
        {
            progress.Clear();
        }

        var format = parsed.GetValue(_json) ? OutputFormat.Json : report.Format;
        new Report(Tool.Terminal, format).Item(result, OutputJson.Compact.PerfReport, () => Show(report, result));
        return result.Failed == 0 ? ExitCode.Done : ExitCode.Refused;
    }

    private static void Show(Report report, PerfReport result)
    {
        (string, object?)[] facts =
        [
            ("test", result.Test),
            ("topic", result.Topic),
            ("records", result.Records),
            ("failed", result.Failed),
            ("bytes", result.Bytes),
            ("seconds", result.Seconds),
            ("records/s", result.RecordsPerSecond),
            ("MiB/s", result.MibPerSecond),
        ];
        (string, object?)[] latencies = result.Latency is not { } latency ? [] :
        [
            ("mean ms", latency.Mean),
            ("p50 ms", latency.P50),
            ("p90 ms", latency.P90),
            ("p95 ms", latency.P95),
            ("p99 ms", latency.P99),
            ("p99.9 ms", latency.P999),
            ("max ms", latency.Max),
        ];
        (string, object?)[] error = result.Error is null ? [] : [("first error", result.Error)];
        report.Facts([.. facts, .. latencies, .. error]);
    }
}
