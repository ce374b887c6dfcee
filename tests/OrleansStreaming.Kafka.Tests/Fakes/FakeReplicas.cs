using System.Collections.Concurrent;
using OrleansStreaming.Contracts.Replication;
using OrleansStreaming.Records.Ids;

namespace OrleansStreaming.Kafka.Tests.Fakes;

internal sealed class FakeReplicas : ILocalReplicas
{
    private readonly ConcurrentDictionary<TopicPartition, FakeReplica> _byPartition = new();

    /// <summary>What was read from all replicas.</summary>
    public RecordLedger Records { get; } = new();

    public IReadOnlyCollection<ILocalReplica> All => [.. _byPartition.Values];

    public string DataDirectory => "/var/lib/broker";

    public (long Total, long Usable) Volume => (1_000_000, 400_000);

    public FakeReplica this[string topic, int partition] => _byPartition[new TopicPartition(topic, partition)];

    public ILocalReplica? Find(TopicPartition partition) => _byPartition.GetValueOrDefault(partition);

    public void Add(TopicPartition partition, TopicId topicId) =>
        _byPartition.TryAdd(partition, new FakeReplica(partition, topicId, Records));

    public void Remove(TopicPartition partition) => _byPartition.TryRemove(partition, out _);
}
