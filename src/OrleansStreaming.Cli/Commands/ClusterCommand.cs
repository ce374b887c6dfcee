using System.CommandLine;
using OrleansStreaming.Cli.Application;
using OrleansStreaming.Cli.Clusters;
using OrleansStreaming.Cli.Output;

namespace OrleansStreaming.Cli.Commands;

/// <summary>A command that asks a cluster something and reports the answer.</summary>
internal abstract class ClusterCommand(Tool tool, string name, string description, params string[] examples)
    : OstreamCommand(name, description, examples)
{
    protected Tool Tool => tool;

    protected abstract Task<int> RunAsync(ParseResult parsed, IClusterConnection cluster, Report report, CancellationToken cancellationToken);

    protected sealed override async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        await using var cluster = await tool.OpenAsync(parsed, cancellationToken);
        return await RunAsync(parsed, cluster, tool.Report(parsed), cancellationToken);
    }
}
