using Confluent.Kafka;
using OrleansStreaming.Chaos.Clients;
using OrleansStreaming.Chaos.Clusters;
using OrleansStreaming.Chaos.Histories;
using OrleansStreaming.Chaos.Replicas;
using OrleansStreaming.Processes.Brokers;
using Xunit.Abstractions;

namespace OrleansStreaming.Cluster.IntegrationTests;

/// <summary>One of three brokers has a disk that fills up.</summary>
public sealed class FullDiskTests(ITestOutputHelper output)
{
    private const string Replicated = "replicated";
    private const string Alone = "alone";
    private const int Small = 12;
    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(90);
    private static readonly string _value = new('x', 10_000);

    [SmallDiskFact]
    public async Task ProducersGoOnWithAnotherLeaderAndTheFullBrokerCatchesUpWhenThereIsRoom()
    {
        using var folder = new TemporaryFolder();
        await using var disk = await SmallDisk.MountAsync(folder.File("broker-1"), Small);
        await using var cluster = await ClusterProcesses.StartAsync(new ClusterOptions { Folder = folder.Path, Configs = ["auto.leader.rebalance.enable=false"] });
        using var view = new ClusterView(cluster.Bootstrap);
        try
        {
            await view.CreateTopicAsync(Replicated, [[1, 2, 3]], new() { ["min.insync.replicas"] = "2" });
            await view.CreateTopicAsync(Alone, [[1]], []);
            await view.UntilHealthyAsync(Replicated, _patience);
            await ProduceAsync(cluster, Alone, 10);

            // More than fits: every one is acknowledged, whoever leads.
            await ProduceAsync(cluster, Replicated, 2 * Small * 100);
            await view.UntilAsync(Replicated, partitions => partitions[0].Leader is 2 or 3 && !partitions[0].InSyncReplicas.Contains(1), _patience);

            // What has no other replica is refused and can be read.
            disk.Fill();
            await Assert.ThrowsAsync<ProduceException<Null, string>>(() => ProduceAsync(cluster, Alone, 10, timeout: 3_000));
            Assert.Equal(10, await CountAsync(cluster, Alone));

            await disk.GrowAsync(20 * Small);
            await ProduceAsync(cluster, Alone, 10);
            await view.UntilHealthyAsync(Replicated, _patience);
            Assert.Equal(2 * Small * 100, await CountAsync(cluster, Replicated));
            Assert.Empty(ReplicaComparison.Compare(cluster.Members, Replicated, 1));
            Assert.Contains("gives up leading", cluster.Member(1).Process!.Log, StringComparison.Ordinal);
        }
        finally
        {
            foreach (var member in cluster.Members)
            {
                output.WriteLine($"broker {member.Id}:\n{member.Process?.Log}");
            }
        }
    }

    private static async Task<int> CountAsync(ClusterProcesses cluster, string topic) =>
        (await ChaosConsumer.ReadAllAsync(cluster.Bootstrap, topic, 1, new History(), _patience))[0].Count(record => record.Value == _value);

    private static async Task ProduceAsync(ClusterProcesses cluster, string topic, int count, int timeout = 60_000)
    {
        using var producer = new ProducerBuilder<Null, string>(new ProducerConfig
        {
            BootstrapServers = cluster.Bootstrap,
            Acks = Acks.All,
            EnableIdempotence = true,
            MessageTimeoutMs = timeout,
            RetryBackoffMs = 50,
            TopicMetadataRefreshFastIntervalMs = 50,
        }).SetLogHandler(static (_, _) => { }).Build();
        await Task.WhenAll(Enumerable.Range(0, count).Select(_ => producer.ProduceAsync(topic, new Message<Null, string> { Value = _value })));
    }
}
