using Microsoft.Extensions.DependencyInjection;
using OrleansStreaming.Client;

namespace OrleansStreaming.Testing;

/// <summary>What a test cluster is started with.</summary>
public sealed class StreamingTestClusterOptions
{
    /// <summary>Where logs and state lie. Default: null, a new folder under the temporary folder, deleted with the cluster.</summary>
    public string? Directory { get; set; }

    /// <summary>
    /// Kafka broker configs. Set from the start, for quick tests: 4 partitions of the offsets topic and no delay before the first
    /// generation of a group.
    /// </summary>
    public IDictionary<string, string> Configs { get; } = new Dictionary<string, string>
    {
        ["offsets.topic.num.partitions"] = "4",
        ["group.initial.rebalance.delay.ms"] = "0",
    };

    /// <summary>Also listens for Kafka clients, on a free port of the loopback: <see cref="StreamingTestCluster.BootstrapServers"/>. Default: false.</summary>
    public bool WithKafkaEndpoint { get; set; }

    /// <summary>Options of <see cref="StreamingTestCluster.Client"/>. Default: null.</summary>
    public Action<StreamingClientOptions>? ConfigureClient { get; set; }

    /// <summary>Adds the test's own services to the broker's container. Default: null.</summary>
    public Action<IServiceCollection>? ConfigureServices { get; set; }
}
