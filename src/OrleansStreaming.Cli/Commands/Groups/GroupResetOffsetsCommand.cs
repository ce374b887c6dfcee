using System.CommandLine;
using OrleansStreaming.Cli.Application;
using OrleansStreaming.Cli.Clusters;
using OrleansStreaming.Cli.Output;
using OrleansStreaming.Records.Ids;

namespace OrleansStreaming.Cli.Commands.Groups;

/// <summary><c>group reset-offsets</c>.</summary>
internal sealed class GroupResetOffsetsCommand : ClusterCommand
{
    private readonly Argument<string> _group = new("group") { Description = "The group's id; it must have no members." };
    private readonly Option<string?> _topic = new("--topic", "-t") { HelpName = "NAME", Description = "One topic; all that the group has committed without." };
    private readonly Option<int[]> _partitions = new("--partition", "-p") { HelpName = "NUMBER", Description = "One partition of the topic. May be repeated." };
    private readonly Option<string> _to = new("--to") { HelpName = "POSITION", Required = true, Description = $"Where to read on: {StartPosition.Syntax}." };
    private readonly Option<bool> _dryRun = new("--dry-run") { Description = "Show the positions and change nothing." };

    public GroupResetOffsetsCommand(Tool tool)
        : base(tool, "reset-offsets", "Set where a group reads on.",
            "ostream group reset-offsets billing --topic orders --to beginning --bootstrap localhost:9092",
            "ostream group reset-offsets billing --to 2h --dry-run")
    {
        Add(_group);
        Add(_topic);
        Add(_partitions);
        Add(_to);
        Add(_dryRun);
    }

    protected override async Task<int> RunAsync(ParseResult parsed, IClusterConnection cluster, Report report, CancellationToken cancellationToken)
    {
        var group = parsed.GetRequiredValue(_group);
        var position = StartPositions.Parse("--to", parsed.GetRequiredValue(_to), Tool.Time);
        var committed = await cluster.Groups.OffsetsAsync(group, cancellationToken);
        var partitions = await PartitionsAsync(parsed, cluster, [.. committed.Select(offset => offset.Partition)], cancellationToken);
        var targets = await WithinLogsAsync(cluster, await cluster.Topics.OffsetsAsync(partitions, position, cancellationToken), cancellationToken);
        if (!parsed.GetValue(_dryRun))
        {
            await cluster.Groups.SetOffsetsAsync(group, targets, cancellationToken);
        }

        var ends = await cluster.Topics.OffsetsAsync(partitions, StartPosition.End, cancellationToken);
        report.Rows(
            [
                .. partitions.Select(partition => new LagRow(
                    partition.Topic, partition.Partition, targets[partition].Value, ends[partition].Value, ends[partition] - targets[partition])),
            ],
            OutputJson.Compact.IReadOnlyListLagRow,
            new Column<LagRow>("TOPIC", row => row.Topic),
            new Column<LagRow>("PARTITION", row => row.Partition, IsNumber: true),
            new Column<LagRow>(parsed.GetValue(_dryRun) ? "WOULD READ ON AT" : "READS ON AT", row => row.Committed, IsNumber: true),
            new Column<LagRow>("LAG", row => row.Lag, IsNumber: true));
        return ExitCode.Done;
    }

    private async Task<TopicPartition[]> PartitionsAsync(
        ParseResult parsed, IClusterConnection cluster, TopicPartition[] committed, CancellationToken cancellationToken)
    {
        var chosen = parsed.GetValue(_partitions) ?? [];
        if (parsed.GetValue(_topic) is not { } topic)
        {
            return chosen.Length > 0 ? throw new UsageException("--partition needs --topic.")
                : committed.Length > 0 ? committed
                : throw new UsageException("The group has committed nothing yet; name a topic with --topic.");
        }

        var found = await cluster.Topics.FindAsync(topic, cancellationToken) ?? throw Unknown.Topic(topic);
        return
        [
            .. (chosen.Length > 0 ? chosen : Enumerable.Range(0, found.Partitions.Count)).Select(partition => partition < found.Partitions.Count
                ? new TopicPartition(topic, partition)
                : throw Unknown.Partition(topic, partition, found.Partitions.Count)),
        ];
    }

    /// <summary>An offset outside a log is moved to its nearer end.</summary>
    private static async Task<Dictionary<TopicPartition, Offset>> WithinLogsAsync(
        IClusterConnection cluster, IReadOnlyDictionary<TopicPartition, Offset> targets, CancellationToken cancellationToken)
    {
        TopicPartition[] partitions = [.. targets.Keys];
        var begins = await cluster.Topics.OffsetsAsync(partitions, StartPosition.Beginning, cancellationToken);
        var ends = await cluster.Topics.OffsetsAsync(partitions, StartPosition.End, cancellationToken);
        return targets.ToDictionary(
            target => target.Key,
            target => new Offset(Math.Clamp(target.Value.Value, begins[target.Key].Value, ends[target.Key].Value)));
    }
}
