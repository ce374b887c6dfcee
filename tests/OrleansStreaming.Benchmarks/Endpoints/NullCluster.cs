using System.Collections.Immutable;
using System.Reflection;
using Orleans;
using OrleansStreaming.Contracts.Cluster;
using OrleansStreaming.Contracts.Replication;
using OrleansStreaming.Records.Ids;

namespace OrleansStreaming.Benchmarks.Endpoints;

/// <summary>What the endpoint finds around it in the null broker: one topic, whose replicas store nothing.</summary>
internal sealed class NullCluster : IClusterMetadata, ILocalReplicas
{
    private readonly ImmutableDictionary<TopicPartition, NullReplica> _replicas;

    public NullCluster(string topic, int partitions, int port)
    {
        var broker = new BrokerId(1);
        var id = new TopicId(new Guid(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11));
        var description = new TopicDescription
        {
            Name = topic,
            Id = id,
            Configs = new Dictionary<string, string>(),
            Partitions = Enumerable.Range(0, partitions).Select(partition => new PartitionDescription
            {
                Partition = partition,
                Leader = broker,
                LeaderEpoch = new LeaderEpoch(0),
                PartitionEpoch = new PartitionEpoch(0),
                Replicas = [broker],
                InSyncReplicas = [broker],
            }).ToArray(),
        };
        Current = new ClusterImage
        {
            Version = 1,
            ClusterId = "null",
            Controller = broker,
            Brokers = ClusterImage.Empty.Brokers.Add(broker, new BrokerDescription { Id = broker, Host = "127.0.0.1", Port = port }),
            Topics = ClusterImage.Empty.Topics.Add(topic, description),
            TopicsById = ClusterImage.Empty.TopicsById.Add(id, description),
        };
        _replicas = Enumerable.Range(0, partitions).Select(partition => new TopicPartition(topic, partition))
            .ToImmutableDictionary(partition => partition, partition => new NullReplica(partition, id));
    }

    public ClusterImage Current { get; }

    public IReadOnlyCollection<ILocalReplica> All => [.. _replicas.Values];

    public string DataDirectory => "/nowhere";

    public (long Total, long Usable) Volume => (0, 0);

    public Task WaitForVersionAsync(long version, CancellationToken cancellationToken) => Task.CompletedTask;

    public ILocalReplica? Find(TopicPartition partition) => _replicas.GetValueOrDefault(partition);

    /// <summary>Answers replica grains with the replicas themselves: a call costs what the endpoint makes it cost.</summary>
    public IGrainFactory Grains()
    {
        var factory = DispatchProxy.Create<IGrainFactory, ReplicaFactory>();
        ((ReplicaFactory)(object)factory).Replicas = _replicas;
        return factory;
    }

    /// <summary>Knows one thing: a replica grain by its key.</summary>
    internal class ReplicaFactory : DispatchProxy // the runtime derives from it
    {
        public required ImmutableDictionary<TopicPartition, NullReplica> Replicas { get; set; }

        protected override object? Invoke(MethodInfo? targetMethod, object?[]? args) =>
            targetMethod is { Name: "GetGrain", IsGenericMethod: true } && args is [string key, ..] && targetMethod.GetGenericArguments()[0] == typeof(IReplicaGrain)
                ? Replicas[ReplicaKey.Parse(key).Partition]
                : throw new NotSupportedException($"The null broker has no {targetMethod}.");
    }
}
