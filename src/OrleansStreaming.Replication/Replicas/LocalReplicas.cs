using System.Collections.Concurrent;
using Microsoft.Extensions.Options;
using OrleansStreaming.Contracts.Brokers;
using OrleansStreaming.Contracts.Replication;
using OrleansStreaming.Records.Ids;
using OrleansStreaming.Replication.Metrics;
using OrleansStreaming.Storage.Devices;

namespace OrleansStreaming.Replication.Replicas;

/// <summary>The replicas that are open on this broker, by partition. Any thread.</summary>
internal sealed class LocalReplicas(IOptions<BrokerOptions> options, IStorageDevice device) : ILocalReplicas, IObservedReplicas
{
    private readonly ConcurrentDictionary<TopicPartition, LocalReplica> _replicas = new();

    public string DataDirectory { get; } = Path.GetFullPath(options.Value.DataDirectory);

    public (long Total, long Usable) Volume => device.VolumeOf(DataDirectory);

    public IReadOnlyCollection<ILocalReplica> All => [.. _replicas.Values];

    /// <summary>For walks over all of them; may or may not show those that come and go meanwhile.</summary>
    public IEnumerable<LocalReplica> Open => _replicas.Select(entry => entry.Value);

    IEnumerable<IObservedReplica> IObservedReplicas.Observed => Open;

    ILocalReplica? ILocalReplicas.Find(TopicPartition partition) => Find(partition);

    public LocalReplica? Find(TopicPartition partition) => _replicas.GetValueOrDefault(partition);

    public void Add(LocalReplica replica) => _replicas[replica.Partition] = replica;

    /// <summary>Nobody finds it from now on.</summary>
    public LocalReplica? Remove(TopicPartition partition) => _replicas.TryRemove(partition, out var replica) ? replica : null;
}
