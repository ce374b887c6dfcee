using System.CommandLine;
using System.Globalization;
using OrleansStreaming.Cli.Application;
using OrleansStreaming.Cli.Clusters;
using OrleansStreaming.Cli.Output;
using OrleansStreaming.Client.Admin;
using OrleansStreaming.Records.Ids;

namespace OrleansStreaming.Cli.Commands.Brokers;

/// <summary><c>cluster reassign</c>.</summary>
internal sealed class ClusterReassignCommand : ClusterCommand
{
    private readonly Option<string?> _topic = new("--topic", "-t") { HelpName = "NAME", Description = "The topic to move." };
    private readonly Option<int[]> _partitions = new("--partition", "-p") { HelpName = "NUMBER", Description = "One partition of it. May be repeated. [default: all]" };
    private readonly Option<string?> _replicas = new("--replicas") { HelpName = "ID,ID,...", Description = "The brokers to hold it from now on, the preferred leader first." };
    private readonly Option<bool> _cancel = new("--cancel") { Description = "Stop moving it." };
    private readonly Option<bool> _list = new("--list") { Description = "Show what is moving." };

    public ClusterReassignCommand(Tool tool)
        : base(tool, "reassign", "Move partitions to other brokers, stop that, or show what is moving.",
            "ostream cluster reassign --topic orders --partition 0 --replicas 2,3 --bootstrap localhost:9092",
            "ostream cluster reassign --list",
            "ostream cluster reassign --topic orders --cancel")
    {
        Add(_topic);
        Add(_partitions);
        Add(_replicas);
        Add(_cancel);
        Add(_list);
    }

    protected override async Task<int> RunAsync(ParseResult parsed, IClusterConnection cluster, Report report, CancellationToken cancellationToken)
    {
        if (parsed.GetValue(_list))
        {
            return Show(report, await cluster.Brokers.ReassignmentsAsync(cancellationToken));
        }

        var replicas = parsed.GetValue(_replicas);
        if (parsed.GetValue(_topic) is not { } topic || replicas is null != parsed.GetValue(_cancel))
        {
            throw new UsageException("Name --topic with either --replicas ID,ID,... or --cancel; or --list.");
        }

        var target = replicas is null ? null : Ids(replicas);
        var chosen = parsed.GetValue(_partitions) ?? [];
        var found = await cluster.Topics.FindAsync(topic, cancellationToken) ?? throw Unknown.Topic(topic);
        var moves = (chosen.Length > 0 ? chosen : Enumerable.Range(0, found.Partitions.Count))
            .ToDictionary(partition => new TopicPartition(topic, partition), _ => (IReadOnlyList<BrokerId>?)target);
        return Outcomes.Show(report, await cluster.Brokers.ReassignAsync(moves, cancellationToken));
    }

    private static int Show(Report report, IReadOnlyList<ReassignmentInfo> reassignments)
    {
        report.Rows(
            [
                .. reassignments.Select(one => new ReassignmentRow(
                    one.Partition.Topic, one.Partition.Partition, Numbers(one.Replicas), Numbers(one.Adding), Numbers(one.Removing))),
            ],
            OutputJson.Compact.IReadOnlyListReassignmentRow,
            new Column<ReassignmentRow>("TOPIC", row => row.Topic),
            new Column<ReassignmentRow>("PARTITION", row => row.Partition, IsNumber: true),
            new Column<ReassignmentRow>("REPLICAS", row => string.Join(",", row.Replicas)),
            new Column<ReassignmentRow>("ADDING", row => string.Join(",", row.Adding)),
            new Column<ReassignmentRow>("REMOVING", row => string.Join(",", row.Removing)));
        return ExitCode.Done;
    }

    private static int[] Numbers(IEnumerable<BrokerId> brokers) => [.. brokers.Select(broker => broker.Value)];

    private static BrokerId[] Ids(string text) =>
    [
        .. text.Split(',', StringSplitOptions.TrimEntries).Select(id => int.TryParse(id, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            ? new BrokerId(number)
            : throw new UsageException($"--replicas: '{text}' is not a list of broker ids such as 2,3.")),
    ];
}
