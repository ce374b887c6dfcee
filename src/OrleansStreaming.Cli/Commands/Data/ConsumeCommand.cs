using System.CommandLine;
using System.Text;
using OrleansStreaming.Cli.Application;
using OrleansStreaming.Cli.Clusters;
using OrleansStreaming.Cli.Formats;
using OrleansStreaming.Cli.Output;

namespace OrleansStreaming.Cli.Commands.Data;

/// <summary><c>consume</c>.</summary>
internal sealed class ConsumeCommand : ClusterCommand
{
    private readonly Argument<string[]> _topics = new("topic") { Arity = ArgumentArity.OneOrMore, Description = "The topics' names." };
    private readonly Option<string?> _from = new("--from") { HelpName = "POSITION", Description = $"Where to begin: {StartPosition.Syntax}. [default: end; beginning with --stop-at-end]" };
    private readonly Option<bool> _stopAtEnd = new("--stop-at-end", "-e") { Description = "Stop where the partitions ended at the start. [default: follow]" };
    private readonly Option<string?> _group = new("--group", "-g") { HelpName = "ID", Description = "Read as a member of a group, from its positions, and commit." };
    private readonly ChoiceOption<GroupProtocol> _protocol = new("--group-protocol") { HelpName = "classic|consumer", Description = "How the group's members share the work; consumer (KIP-848) with --bootstrap only. [default: classic]" };
    private readonly Option<int[]> _partitions = new("--partition", "-p") { HelpName = "NUMBER", Description = "One partition. May be repeated. [default: all]" };
    private readonly ChoiceOption<RecordFormat> _format = new("--format", "-f") { HelpName = "text|json|hex", Description = "How records are written, one a line. [default: text; json with --output json]" };
    private readonly Option<string?> _separator = new("--key-separator", "-K") { HelpName = "TEXT", Description = "In text: write the key, this, and the value." };
    private readonly Option<long?> _count = new("--count", "-n") { HelpName = "COUNT", Description = "Stop after so many records." };
    private readonly Option<string?> _key = new("--key", "-k") { HelpName = "TEXT", Description = "Only records with this key." };
    private readonly Option<bool> _committed = new("--read-committed") { Description = "Leave out records of transactions that are open or aborted." };

    public ConsumeCommand(Tool tool)
        : base(tool, "consume", "Read records.",
            "ostream consume orders --from beginning --key-separator ': ' --bootstrap localhost:9092",
            "ostream consume orders --stop-at-end --format json | jq .value",
            "ostream consume orders --from 15m --key customer-7",
            "ostream consume orders --group billing --count 100")
    {
        Add(_topics);
        Add(_from);
        Add(_stopAtEnd);
        Add(_group);
        Add(_protocol);
        Add(_partitions);
        Add(_format);
        Add(_separator);
        Add(_count);
        Add(_key);
        Add(_committed);
    }

    protected override async Task<int> RunAsync(ParseResult parsed, IClusterConnection cluster, Report report, CancellationToken cancellationToken)
    {
        var options = FeedOptionsOf(parsed);
        var format = parsed.GetResult(_format) is null && report.Format == OutputFormat.Json ? RecordFormat.Json : parsed.GetValue(_format);
        var printer = new RecordPrinter(Tool.Terminal.Output, format, parsed.GetValue(_separator));
        var key = parsed.GetValue(_key) is { } wanted ? Encoding.UTF8.GetBytes(wanted) : null;
        var left = parsed.GetValue(_count) ?? long.MaxValue;
        if (left < 1)
        {
            throw new UsageException("--count is at least 1.");
        }

        await using var feed = cluster.OpenFeed(options);
        try
        {
            await foreach (var chunk in feed.ReadAsync(cancellationToken))
            {
                left -= Print(chunk, feed, printer, key, left);
                printer.Flush();
                if (left == 0)
                {
                    break;
                }
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // Following ends when the user says so; what was written counts as processed.
        }

        return ExitCode.Done;
    }

    /// <returns>How many were written, at most <paramref name="limit"/>.</returns>
    private static long Print(RecordChunk chunk, IRecordFeed feed, RecordPrinter printer, byte[]? key, long limit)
    {
        long printed = 0;
        foreach (var record in chunk.Records)
        {
            if (key is null || (record.Key is not null && record.Key.AsSpan().SequenceEqual(key)))
            {
                printer.Print(record);
                printed++;
            }

            feed.MarkProcessed(record.Partition, record.Offset + 1);
            if (printed == limit)
            {
                break;
            }
        }

        return printed;
    }

    private FeedOptions FeedOptionsOf(ParseResult parsed)
    {
        var stopAtEnd = parsed.GetValue(_stopAtEnd);
        var start = parsed.GetValue(_from) is { } text ? StartPositions.Parse("--from", text, Tool.Time)
            : stopAtEnd ? StartPosition.Beginning
            : StartPosition.End;
        var group = parsed.GetValue(_group);
        var partitions = parsed.GetValue(_partitions) is { Length: > 0 } chosen ? chosen : null;
        if (group is not null && partitions is not null)
        {
            throw new UsageException("A group decides which partitions its members read: leave out --partition or --group.");
        }

        if (group is not null && start.Kind is not (StartKind.Beginning or StartKind.End))
        {
            throw new UsageException("With --group, --from is beginning or end, for partitions without a position; 'ostream group reset-offsets' sets positions.");
        }

        if (group is null && parsed.GetResult(_protocol) is not null)
        {
            throw new UsageException("--group-protocol goes with --group.");
        }

        return new FeedOptions
        {
            Topics = parsed.GetRequiredValue(_topics),
            Partitions = partitions,
            Start = start,
            GroupId = group,
            GroupProtocol = parsed.GetValue(_protocol),
            StopAtEnd = stopAtEnd,
            ReadCommitted = parsed.GetValue(_committed),
        };
    }
}
