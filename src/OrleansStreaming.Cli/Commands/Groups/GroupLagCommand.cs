using System.CommandLine;
using OrleansStreaming.Cli.Application;
using OrleansStreaming.Cli.Clusters;
using OrleansStreaming.Cli.Output;

namespace OrleansStreaming.Cli.Commands.Groups;

/// <summary><c>group lag</c>.</summary>
internal sealed class GroupLagCommand : ClusterCommand
{
    private readonly Argument<string> _group = new("group") { Description = "The group's id." };

    public GroupLagCommand(Tool tool)
        : base(tool, "lag", "Show how far a group is behind in each partition.",
            "ostream group lag billing --bootstrap localhost:9092", "ostream group lag billing --output json | jq 'map(.lag) | add'") => Add(_group);

    protected override async Task<int> RunAsync(ParseResult parsed, IClusterConnection cluster, Report report, CancellationToken cancellationToken)
    {
        var group = parsed.GetRequiredValue(_group);
        var offsets = await cluster.Groups.OffsetsAsync(group, cancellationToken);
        if (offsets.Count == 0)
        {
            await GroupDescribeCommand.FindAsync(cluster, group, cancellationToken);
        }

        report.Rows(
            [
                .. offsets.Select(offset => new LagRow(
                    offset.Partition.Topic, offset.Partition.Partition, offset.Committed.Value, offset.End?.Value, offset.Lag)),
            ],
            OutputJson.Compact.IReadOnlyListLagRow,
            new Column<LagRow>("TOPIC", row => row.Topic),
            new Column<LagRow>("PARTITION", row => row.Partition, IsNumber: true),
            new Column<LagRow>("COMMITTED", row => row.Committed, IsNumber: true),
            new Column<LagRow>("END", row => row.End, IsNumber: true),
            new Column<LagRow>("LAG", row => row.Lag, IsNumber: true));
        return ExitCode.Done;
    }
}
