using System.CommandLine;
using System.Globalization;
using OrleansStreaming.Cli.Application;
using OrleansStreaming.Cli.Formats;
using OrleansStreaming.Cli.Kafka.Consuming;
using OrleansStreaming.Cli.Output;
using OrleansStreaming.Records.Batches;
using OrleansStreaming.Records.Errors;
using OrleansStreaming.Records.Ids;

namespace OrleansStreaming.Cli.Commands.Logs;

/// <summary><c>log dump</c>.</summary>
internal sealed class LogDumpCommand : OstreamCommand
{
    private readonly Tool _tool;
    private readonly Argument<string[]> _paths = new("path") { Arity = ArgumentArity.OneOrMore, Description = "Segment files, or a partition's folder for all of its." };
    private readonly Option<bool> _records = new("--records", "-r") { Description = "Write the records instead of the batches." };
    private readonly ChoiceOption<RecordFormat> _format = new("--format", "-f") { HelpName = "text|json|hex", DefaultValueFactory = _ => RecordFormat.Json, Description = "How records are written, one a line." };
    private readonly Option<long> _from = new("--from-offset") { HelpName = "OFFSET", Description = "Leave out what is before it. [default: 0]" };

    public LogDumpCommand(Tool tool)
        : base("dump", "Show the batches or records of segment files; each batch's CRC is checked.",
            "ostream log dump ./data/orders-0", "ostream log dump --records --format hex ./data/orders-0/00000000000000000000.log")
    {
        _tool = tool;
        Add(_paths);
        Add(_records);
        Add(_format);
        Add(_from);
    }

    protected override Task<int> RunAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        var files = parsed.GetRequiredValue(_paths).SelectMany(Files).ToArray();
        var from = parsed.GetValue(_from);
        var damage = new List<string>();
        var rows = new List<BatchRow>();
        var printer = parsed.GetValue(_records) ? new RecordPrinter(_tool.Terminal.Output, parsed.GetValue(_format), null) : null;
        foreach (var file in files)
        {
            foreach (var stored in SegmentFile.Read(file, (position, wrong) => damage.Add($"{file}, byte {position}: {wrong}")))
            {
                cancellationToken.ThrowIfCancellationRequested();
                if (stored.Header.LastOffset >= from)
                {
                    rows.Add(Take(file, stored, from, printer, damage));
                }
            }
        }

        printer?.Flush();
        if (printer is null)
        {
            Show(_tool.Report(parsed), rows);
        }

        damage.ForEach(_tool.Terminal.Error.WriteLine);
        return Task.FromResult(damage.Count == 0 ? ExitCode.Done : ExitCode.Refused);
    }

    private static IEnumerable<string> Files(string path)
    {
        if (File.Exists(path))
        {
            return [path];
        }

        var files = Directory.Exists(path) ? Directory.GetFiles(path, "*.log").Order(StringComparer.Ordinal).ToArray() : throw new UsageException($"There is no {path}.");
        return files.Length > 0 ? files : throw new UsageException($"{path} has no segment files (*.log).");
    }

    private static BatchRow Take(string file, StoredBatch stored, long from, RecordPrinter? printer, List<string> damage)
    {
        var error = stored.Open(out var opened);
        if (error != ErrorCode.None)
        {
            damage.Add($"{file}, byte {stored.Position}: {ErrorTable.MessageOf(error)}");
        }

        using (opened)
        {
            if (opened is not null && printer is not null && !stored.Header.IsControl)
            {
                Print(PartitionOf(file), opened, from, printer);
            }
        }

        return Row(file, stored, error == ErrorCode.None);
    }

    /// <summary>A partition's folder is called topic-partition; another folder's files are of partition -1 of its name.</summary>
    private static TopicPartition PartitionOf(string file)
    {
        var folder = Path.GetFileName(Path.GetDirectoryName(Path.GetFullPath(file))!);
        var dash = folder.LastIndexOf('-');
        return dash > 0 && int.TryParse(folder.AsSpan(dash + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var partition)
            ? new TopicPartition(folder[..dash], partition)
            : new TopicPartition(folder, -1);
    }

    private static void Print(TopicPartition folder, BatchReader batch, long from, RecordPrinter printer)
    {
        foreach (var record in batch.Records())
        {
            if (record.Offset >= from)
            {
                printer.Print(ChunkDecoder.Copy(folder, record));
            }
        }
    }

    private static BatchRow Row(string file, StoredBatch stored, bool isValid)
    {
        var header = stored.Header;
        return new BatchRow(
            Path.GetFileName(file),
            stored.Position,
            header.BaseOffset,
            header.LastOffset,
            header.RecordCount,
            header.SizeInBytes,
            header.Compression.ToString().ToLowerInvariant(),
            header.PartitionLeaderEpoch,
            header.ProducerId,
            header.ProducerEpoch,
            header.BaseSequence,
            header.IsTransactional,
            header.IsControl,
            header.MaxTimestamp,
            isValid);
    }

    private static void Show(Report report, List<BatchRow> rows) => report.Rows(
        rows,
        OutputJson.Compact.IReadOnlyListBatchRow,
        new Column<BatchRow>("FILE", row => row.File),
        new Column<BatchRow>("POSITION", row => row.Position, IsNumber: true),
        new Column<BatchRow>("OFFSETS", row => $"{row.BaseOffset}-{row.LastOffset}", IsNumber: true),
        new Column<BatchRow>("RECORDS", row => row.Records, IsNumber: true),
        new Column<BatchRow>("BYTES", row => row.Bytes, IsNumber: true),
        new Column<BatchRow>("CODEC", row => row.Compression),
        new Column<BatchRow>("EPOCH", row => row.LeaderEpoch, IsNumber: true),
        new Column<BatchRow>("PRODUCER", row => row.ProducerId < 0 ? null : $"{row.ProducerId}/{row.ProducerEpoch}@{row.BaseSequence}"),
        new Column<BatchRow>("KIND", row => row.Control ? "control" : row.Transactional ? "transactional" : "data"),
        new Column<BatchRow>("NEWEST", row => row.Time),
        new Column<BatchRow>("VALID", row => row.Valid));
}
