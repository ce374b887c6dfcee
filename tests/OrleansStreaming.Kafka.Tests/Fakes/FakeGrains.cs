using System.Reflection;
using Orleans;
using OrleansStreaming.Contracts.Cluster;
using OrleansStreaming.Contracts.Groups;
using OrleansStreaming.Contracts.Producers;
using OrleansStreaming.Contracts.Replication;

namespace OrleansStreaming.Kafka.Tests.Fakes;

/// <summary>
/// A grain factory over the fakes. A dispatch proxy, because <see cref="IGrainFactory"/> has many more members than the
/// endpoint uses, and not the same ones in every release.
/// </summary>
internal class FakeGrains : DispatchProxy
{
    private FakeCluster _cluster = null!;
    private FakeReplicas _replicas = null!;

    public static IGrainFactory Create(FakeCluster cluster, FakeReplicas replicas)
    {
        var factory = Create<IGrainFactory, FakeGrains>();
        var self = (FakeGrains)(object)factory;
        (self._cluster, self._replicas) = (cluster, replicas);
        return factory;
    }

    protected override object? Invoke(MethodInfo? targetMethod, object?[]? args)
    {
        var grain = targetMethod!.ReturnType;
        var key = (string)args![0]!;
        if (grain == typeof(IControllerGrain) && key == IControllerGrain.Key)
        {
            return _cluster;
        }

        if (grain == typeof(IProducerIdGrain) && key == IProducerIdGrain.Key)
        {
            return _cluster;
        }

        if (grain == typeof(IGroupGrain))
        {
            return _cluster.Group;
        }

        var replica = ReplicaKey.Parse(key);
        Assert.Equal(FakeCluster.LocalBroker, replica.Broker);
        return _replicas[replica.Partition.Topic, replica.Partition.Partition];
    }
}
