using System.CommandLine;
using OrleansStreaming.Cli.Application;
using OrleansStreaming.Cli.Clusters;
using OrleansStreaming.Cli.Output;

namespace OrleansStreaming.Cli.Commands.Groups;

/// <summary><c>group list</c>.</summary>
internal sealed class GroupListCommand(Tool tool)
    : ClusterCommand(tool, "list", "List consumer groups.", "ostream group list --bootstrap localhost:9092")
{
    protected override async Task<int> RunAsync(ParseResult parsed, IClusterConnection cluster, Report report, CancellationToken cancellationToken)
    {
        var groups = await cluster.Groups.ListAsync(cancellationToken);
        report.Rows(
            [.. groups.Select(group => new GroupRow(group.GroupId, group.State, group.ProtocolType))],
            OutputJson.Compact.IReadOnlyListGroupRow,
            new Column<GroupRow>("GROUP", row => row.Group),
            new Column<GroupRow>("STATE", row => row.State),
            new Column<GroupRow>("TYPE", row => row.Type));
        return ExitCode.Done;
    }
}
