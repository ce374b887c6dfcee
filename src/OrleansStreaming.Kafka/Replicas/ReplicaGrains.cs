using System.Collections.Concurrent;
using Microsoft.Extensions.Options;
using Orleans;
using OrleansStreaming.Contracts.Replication;
using OrleansStreaming.Kafka.Settings;
using OrleansStreaming.Records.Ids;

namespace OrleansStreaming.Kafka.Replicas;

/// <summary>References to this broker's replica grains, kept so that a produced batch does not build a key and a proxy each time.</summary>
internal sealed class ReplicaGrains(IGrainFactory grains, IOptions<KafkaEndpointOptions> options)
{
    private readonly ConcurrentDictionary<TopicPartition, IReplicaGrain> _byPartition = new();
    private readonly BrokerId _broker = new(options.Value.BrokerId);

    public IReplicaGrain Of(TopicPartition partition) =>
        _byPartition.GetOrAdd(
            partition,
            static (key, self) => self.Reference(key),
            this);

    private IReplicaGrain Reference(TopicPartition partition) =>
        grains.GetGrain<IReplicaGrain>(new ReplicaKey(partition, _broker).ToString());
}
