using Microsoft.Extensions.DependencyInjection;
using OrleansStreaming.Client;

namespace OrleansStreaming.Testing;

/// <summary>What a test cluster is started with.</summary>
public sealed class StreamingTestClusterOptions
{
    /// <summary>
    /// How many brokers, with the ids 1, 2 and so on; several only on the embedded Orleans. Each more costs some 100 ms at the
    /// start. Default: 1.
    /// </summary>
    public int Brokers { get; set; } = 1;

    /// <summary>Where logs and state lie. Default: null, a new folder under the temporary folder, deleted with the cluster.</summary>
    public string? Directory { get; set; }

    /// <summary>
    /// Kafka broker configs. Set from the start, for quick tests: 4 partitions of the offsets topic and no delay before the first
    /// generation of a group. Where not set: topics get 3 replicas, or one on each broker if there are fewer
    /// (<c>default.replication.factor</c>), and of 3 and more replicas 2 must be in sync (<c>min.insync.replicas</c>), so that no
    /// acknowledged record is lost with a broker.
    /// </summary>
    public IDictionary<string, string> Configs { get; } = new Dictionary<string, string>
    {
        ["offsets.topic.num.partitions"] = "4",
        ["group.initial.rebalance.delay.ms"] = "0",
    };

    /// <summary>Also listens for Kafka clients, on free ports of the loopback: <see cref="StreamingTestCluster.BootstrapServers"/>. Default: false.</summary>
    public bool WithKafkaEndpoint { get; set; }

    /// <summary>Options of <see cref="StreamingTestCluster.Client"/>. Default: null.</summary>
    public Action<StreamingClientOptions>? ConfigureClient { get; set; }

    /// <summary>Adds the test's own services to the container of each broker. Default: null.</summary>
    public Action<IServiceCollection>? ConfigureServices { get; set; }
}
