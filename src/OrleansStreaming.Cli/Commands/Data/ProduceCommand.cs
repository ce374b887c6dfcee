using System.CommandLine;
using System.Text;
using OrleansStreaming.Cli.Application;
using OrleansStreaming.Cli.Clusters;
using OrleansStreaming.Cli.Formats;
using OrleansStreaming.Cli.Measuring;
using OrleansStreaming.Cli.Output;
using OrleansStreaming.Records.Batches;

namespace OrleansStreaming.Cli.Commands.Data;

/// <summary><c>produce</c>.</summary>
internal sealed class ProduceCommand : ClusterCommand
{
    private readonly Argument<string> _topic = new("topic") { Description = "The topic's name." };
    private readonly Argument<string[]> _files = new("file") { Arity = ArgumentArity.ZeroOrMore, Description = "Files to read; standard input without any." };
    private readonly Option<string?> _key = new("--key", "-k") { HelpName = "TEXT", Description = "The key of records that bring none." };
    private readonly Option<string?> _separator = new("--key-separator", "-K") { HelpName = "TEXT", Description = "Lines are a key, this, and a value." };
    private readonly Option<string[]> _headers = new("--header", "-H") { HelpName = "NAME=VALUE", Description = "A header of every record. May be repeated." };
    private readonly Option<int?> _partition = new("--partition", "-p") { HelpName = "NUMBER", Description = "The partition of every record. [default: the key decides]" };
    private readonly ChoiceOption<RecordFormat> _format = new("--format", "-f")
    {
        HelpName = "text|json", Description = "text: a value a line. json: what consume --format json writes, a line each; a field toPartition picks the partition. [default: text]",
    };

    private readonly Option<bool> _whole = new("--whole-files") { Description = "Each file is one record." };
    private readonly Option<double> _rate = new("--rate") { HelpName = "PER SECOND", Description = "Records a second. [default: as fast as they come]" };
    private readonly SendingOptions _sending = new();

    public ProduceCommand(Tool tool)
        : base(tool, "produce", "Write records from standard input or files.",
            "echo 'customer-7:two apples' | ostream produce orders --key-separator : --bootstrap localhost:9092",
            "ostream produce orders records.jsonl --format json --rate 100",
            "ostream produce images --whole-files --key logo logo.png")
    {
        Add(_topic);
        Add(_files);
        Add(_key);
        Add(_separator);
        Add(_headers);
        Add(_partition);
        Add(_format);
        Add(_whole);
        Add(_rate);
        _sending.AddTo(this);
    }

    protected override async Task<int> RunAsync(ParseResult parsed, IClusterConnection cluster, Report report, CancellationToken cancellationToken)
    {
        var topic = parsed.GetRequiredValue(_topic);
        var format = parsed.GetValue(_format) is var chosen and not RecordFormat.Hex ? chosen : throw new UsageException("--format: records can be read as text or json.");
        var parser = new RecordParser(
            topic,
            format,
            parsed.GetValue(_separator) is var separator and not "" ? separator : throw new UsageException("--key-separator must not be empty."),
            parsed.GetValue(_key) is { } key ? Encoding.UTF8.GetBytes(key) : null,
            [.. (parsed.GetValue(_headers) ?? []).Select(header => Header(NameValues.Split("--header", header)))],
            parsed.GetValue(_partition));
        var pacing = new Pacing(Tool.Time, parsed.GetValue(_rate));
        var sent = new Deliveries();
        await using (var writer = cluster.OpenWriter(_sending.Value(parsed)))
        {
            await foreach (var line in InputAsync(parsed, cancellationToken))
            {
                await pacing.NextAsync(sent.Count, cancellationToken);
                var record = parser.Parse(line, sent.Count + 1);
                sent.Add(await writer.EnqueueAsync(record, cancellationToken), record.Size);
                sent.ThrowIfFailed();
            }

            await writer.FlushAsync(cancellationToken);
        }

        await sent.CompleteAsync();
        if (report.Format == OutputFormat.Json)
        {
            report.Item(new ProducedRow(topic, sent.Count, sent.Bytes), OutputJson.Compact.ProducedRow, () => { });
        }

        return ExitCode.Done;
    }

    private async IAsyncEnumerable<byte[]> InputAsync(ParseResult parsed, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var files = parsed.GetValue(_files) ?? [];
        if (files.Length == 0)
        {
            await foreach (var line in Lines.ReadAsync(Tool.Terminal.Input, cancellationToken))
            {
                yield return line;
            }
        }

        foreach (var file in files)
        {
            if (parsed.GetValue(_whole))
            {
                yield return await File.ReadAllBytesAsync(file, cancellationToken);
                continue;
            }

            await using var stream = File.OpenRead(file);
            await foreach (var line in Lines.ReadAsync(stream, cancellationToken))
            {
                yield return line;
            }
        }
    }

    private static RecordHeader Header((string Name, string Value) header) => new(header.Name, Encoding.UTF8.GetBytes(header.Value));
}
