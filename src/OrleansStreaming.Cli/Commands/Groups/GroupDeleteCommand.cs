using System.CommandLine;
using OrleansStreaming.Cli.Application;
using OrleansStreaming.Cli.Clusters;
using OrleansStreaming.Cli.Output;

namespace OrleansStreaming.Cli.Commands.Groups;

/// <summary><c>group delete</c>.</summary>
internal sealed class GroupDeleteCommand : ClusterCommand
{
    private readonly Argument<string> _group = new("group") { Description = "The group's id; it must have no members." };

    public GroupDeleteCommand(Tool tool)
        : base(tool, "delete", "Forget a group with its positions.", "ostream group delete billing --bootstrap localhost:9092") => Add(_group);

    protected override async Task<int> RunAsync(ParseResult parsed, IClusterConnection cluster, Report report, CancellationToken cancellationToken)
    {
        var group = parsed.GetRequiredValue(_group);
        await cluster.Groups.DeleteAsync(group, cancellationToken);
        report.Done($"Deleted group '{group}'.");
        return ExitCode.Done;
    }
}
