using System.CommandLine;
using OrleansStreaming.Cli.Clusters;
using OrleansStreaming.Cli.Output;

namespace OrleansStreaming.Cli.Application;

/// <summary>What commands run in: terminal, clock, chance and the way to a cluster.</summary>
/// <param name="Connect">Makes a connection; nothing is sent yet.</param>
/// <param name="Environment">Environment variables by name.</param>
internal sealed record Tool(
    Terminal Terminal, TimeProvider Time, Random Chance, Func<ClusterAddress, IClusterConnection> Connect, Func<string, string?> Environment)
{
    public GlobalOptions Options { get; } = new(Environment);

    /// <exception cref="UsageException">No cluster is named.</exception>
    public IClusterConnection Open(ParseResult parsed) => Connect(Options.Cluster(parsed));

    public Report Report(ParseResult parsed) => new(Terminal, Options.Output(parsed));
}
