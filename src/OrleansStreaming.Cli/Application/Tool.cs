using System.CommandLine;
using OrleansStreaming.Cli.Clusters;
using OrleansStreaming.Cli.Output;

namespace OrleansStreaming.Cli.Application;

/// <summary>What commands run in: terminal, clock, chance and the way to a cluster.</summary>
/// <param name="Connect">Makes a connection to a cluster.</param>
/// <param name="Environment">Environment variables by name.</param>
internal sealed record Tool(
    Terminal Terminal, TimeProvider Time, Random Chance, Func<ClusterAddress, CancellationToken, Task<IClusterConnection>> Connect, Func<string, string?> Environment)
{
    public GlobalOptions Options { get; } = new(Environment);

    /// <exception cref="UsageException">No cluster is named.</exception>
    public Task<IClusterConnection> OpenAsync(ParseResult parsed, CancellationToken cancellationToken) => Connect(Options.Cluster(parsed), cancellationToken);

    public Report Report(ParseResult parsed) => new(Terminal, Options.Output(parsed));
}
