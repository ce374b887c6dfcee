using System.Reflection;
using OrleansStreaming.Cli.Application;
using OrleansStreaming.Cli.Clusters;
using OrleansStreaming.Cli.Kafka;
using OrleansStreaming.Cli.Kafka.Wire;

namespace OrleansStreaming.Cli.Hosting;

/// <summary>Puts the tool together: the only place that knows both ways to a cluster.</summary>
internal static class ToolHosting
{
    private static readonly string _version =
        typeof(ToolHosting).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion.Split('+')[0];

    public static Tool OfProcess() => Over(Terminal.OfProcess(), Environment.GetEnvironmentVariable);

    /// <summary>The tool as it is, at another terminal.</summary>
    public static Tool Over(Terminal terminal, Func<string, string?> environment) => new(terminal, TimeProvider.System, Random.Shared, ConnectAsync, environment);

    private static Task<IClusterConnection> ConnectAsync(ClusterAddress address, CancellationToken cancellationToken) => address.Bootstrap is { } bootstrap
        ? Task.FromResult<IClusterConnection>(new KafkaConnection(
            new KafkaOptions { Bootstrap = bootstrap, ClientVersion = _version, Timeout = address.Timeout, Chance = Random.Shared }))
        : NativeHosting.ConnectAsync(address.ClusterDirectory!, address.Timeout, TimeProvider.System, cancellationToken);
}
