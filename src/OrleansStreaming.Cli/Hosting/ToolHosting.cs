using System.Reflection;
using OrleansStreaming.Cli.Application;
using OrleansStreaming.Cli.Clusters;
using OrleansStreaming.Cli.Kafka;
using OrleansStreaming.Cli.Kafka.Wire;
using OrleansStreaming.Cli.Native;

namespace OrleansStreaming.Cli.Hosting;

/// <summary>Puts the tool together: the only place that knows both ways to a cluster.</summary>
internal static class ToolHosting
{
    private static readonly string _version =
        typeof(ToolHosting).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion.Split('+')[0];

    public static Tool OfProcess() => Over(Terminal.OfProcess(), Environment.GetEnvironmentVariable);

    /// <summary>The tool as it is, at another terminal.</summary>
    public static Tool Over(Terminal terminal, Func<string, string?> environment) => new(terminal, TimeProvider.System, Random.Shared, Connect, environment);

    private static IClusterConnection Connect(ClusterAddress address) => address.Bootstrap is { } bootstrap
        ? new KafkaConnection(new KafkaOptions { Bootstrap = bootstrap, ClientVersion = _version, Timeout = address.Timeout, Chance = Random.Shared })
        : NativeHosting.Connect(address.ClusterDirectory!, address.Timeout);
}
