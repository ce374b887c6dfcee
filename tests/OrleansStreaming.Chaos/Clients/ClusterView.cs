using Confluent.Kafka;
using Confluent.Kafka.Admin;

namespace OrleansStreaming.Chaos.Clients;

/// <summary>What a stock admin client sees of the cluster. Asks whichever broker answers.</summary>
public sealed class ClusterView(string bootstrap) : IDisposable
{
    private static readonly TimeSpan _timeout = TimeSpan.FromSeconds(5);

    private readonly IAdminClient _admin = new AdminClientBuilder(new AdminClientConfig
    {
        BootstrapServers = bootstrap,
        ReconnectBackoffMs = 20,
        ReconnectBackoffMaxMs = 200,
        SocketTimeoutMs = 5_000,
    }).SetLogHandler(static (_, _) => { }).SetErrorHandler(static (_, _) => { }).Build();

    /// <param name="configs">Topic configs, e.g. min.insync.replicas.</param>
    public Task CreateTopicAsync(string topic, int partitions, short replication, Dictionary<string, string> configs) =>
        _admin.CreateTopicsAsync(
            [new TopicSpecification { Name = topic, NumPartitions = partitions, ReplicationFactor = replication, Configs = configs }],
            new CreateTopicsOptions { OperationTimeout = TimeSpan.FromSeconds(30), RequestTimeout = TimeSpan.FromSeconds(30) });

    /// <param name="assignments">The replicas of each partition, the preferred leader first.</param>
    public Task CreateTopicAsync(string topic, int[][] assignments, Dictionary<string, string> configs) => _admin.CreateTopicsAsync(
        [
            new TopicSpecification
            {
                Name = topic,
                NumPartitions = assignments.Length,
                ReplicationFactor = -1,
                ReplicasAssignments = assignments.Select((replicas, partition) => (partition, replicas)).ToDictionary(entry => entry.partition, entry => entry.replicas.ToList()),
                Configs = configs,
            },
        ],
        new CreateTopicsOptions { OperationTimeout = TimeSpan.FromSeconds(30), RequestTimeout = TimeSpan.FromSeconds(30) });

    /// <summary>The partitions' metadata; null when no broker answers now.</summary>
    public IReadOnlyList<PartitionMetadata>? Partitions(string topic)
    {
        try
        {
            return _admin.GetMetadata(topic, _timeout).Topics.Single().Partitions;
        }
        catch (KafkaException)
        {
            return null;
        }
    }

    /// <summary>It has a leader and all its replicas are in sync.</summary>
    public static bool IsHealthy(PartitionMetadata partition) =>
        partition.Leader >= 0 && partition.InSyncReplicas.Length == partition.Replicas.Length;

    /// <summary>Waits until every partition has a leader and all its replicas are in sync.</summary>
    /// <exception cref="TimeoutException">It does not come to that.</exception>
    public Task UntilHealthyAsync(string topic, TimeSpan patience) => UntilAsync(topic, partitions => partitions.All(IsHealthy), patience);

    /// <summary>Waits until the topic's partitions are as wanted.</summary>
    /// <exception cref="TimeoutException">It does not come to that.</exception>
    public async Task UntilAsync(string topic, Func<IReadOnlyList<PartitionMetadata>, bool> isReached, TimeSpan patience)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(100));
        using var timeout = new CancellationTokenSource(patience);
        IReadOnlyList<PartitionMetadata>? seen = null;
        try
        {
            do
            {
                seen = await Task.Run(() => Partitions(topic));
                if (seen is { Count: > 0 } && isReached(seen))
                {
                    return;
                }
            }
            while (await timer.WaitForNextTickAsync(timeout.Token));
        }
        catch (OperationCanceledException)
        {
            var state = seen is null
                ? "no broker answers"
                : string.Join("; ", seen.Select(p => $"{p.PartitionId}: leader {p.Leader}, replicas [{string.Join(' ', p.Replicas)}], in sync [{string.Join(' ', p.InSyncReplicas)}]"));
            throw new TimeoutException($"{topic} is not as wanted after {patience}: {state}");
        }
    }

    public void Dispose() => _admin.Dispose();
}
