using OrleansStreaming.Contracts.Cluster;
using OrleansStreaming.Contracts.Replication;
using OrleansStreaming.Records.Errors;
using OrleansStreaming.Records.Ids;
using OrleansStreaming.Replication.Replicas;
using OrleansStreaming.Replication.Tests.Partitions;

namespace OrleansStreaming.Replication.Tests.Support;

/// <summary>A few brokers' replicas and, in place of the topic grains, one truth that grants what is asked of it.</summary>
internal sealed class ReplicaNodes : IDisposable
{
    /// <summary>Only ends a test that would hang.</summary>
    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(60);

    private readonly Lock _gate = new();
    private readonly string _path = Directory.CreateTempSubdirectory("nodes").FullName;
    private readonly Dictionary<int, ReplicaNode> _nodes = [];
    private readonly Dictionary<TopicPartition, PartitionDescription> _truth = [];
    private readonly ReplicaOptions _options;
    private long _epochs;

    public ReplicaNodes(int count, ReplicaOptions? options = null)
    {
        _options = options ?? ReplicaOptions.Default;
        for (var id = 1; id <= count; id++)
        {
            Start(id);
        }
    }

    public ReplicaNode this[int id] => Find(new BrokerId(id))!;

    public ReplicaNode? Find(BrokerId broker)
    {
        lock (_gate)
        {
            return _nodes.GetValueOrDefault(broker.Value);
        }
    }

    public void Start(int id)
    {
        lock (_gate)
        {
            _nodes[id] = new ReplicaNode(this, id, ++_epochs, Path.Combine(_path, $"{id}"));
            foreach (var partition in _truth.Keys)
            {
                _nodes[id].Open(partition, _options);
            }
        }

        TellAll();
    }

    public void Kill(int id)
    {
        ReplicaNode node;
        lock (_gate)
        {
            node = _nodes[id];
            _nodes.Remove(id);
        }

        node.Dispose();
        TellAll();
    }

    public async Task StopAsync(int id)
    {
        ReplicaNode node;
        lock (_gate)
        {
            node = _nodes[id];
            _nodes.Remove(id);
        }

        await node.StopAsync();
        TellAll();
    }

    /// <summary>In the first segment of a node, whether it runs or not.</summary>
    public void FlipBit(int id, TopicPartition partition, long position)
    {
        using var file = File.Open(Directory.GetFiles(Path.Combine(_path, $"{id}", partition.ToString()), "*.log").Order(StringComparer.Ordinal).First(), FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite);
        file.Position = position;
        var value = file.ReadByte();
        file.Position = position;
        file.WriteByte((byte)(value ^ 1));
    }

    public void Create(TopicPartition partition, int leader)
    {
        lock (_gate)
        {
            int[] replicas = [.. _nodes.Keys];
            _truth[partition] = PartitionMachineTests.State(leader, 0, 0, replicas, replicas);
            foreach (var node in _nodes.Values)
            {
                node.Open(partition, _options);
            }
        }

        TellAll();
    }

    /// <summary>Another leader, from the in-sync set, without those that are not here.</summary>
    public void Elect(TopicPartition partition, int leader)
    {
        lock (_gate)
        {
            var state = _truth[partition];
            int[] inSync = [.. state.InSyncReplicas.Select(broker => broker.Value).Where(_nodes.ContainsKey)];
            Assert.Contains(leader, inSync);
            _truth[partition] = PartitionMachineTests.State(
                leader, state.LeaderEpoch.Value + 1, state.PartitionEpoch.Value + 1, [.. state.Replicas.Select(broker => broker.Value)], inSync);
        }

        TellAll();
    }

    public void Decide(string topic, InSyncProposal proposal)
    {
        var partition = new TopicPartition(topic, proposal.Partition);
        _ = Task.Run(() =>
        {
            lock (_gate)
            {
                var state = _truth[partition];
                if (state.PartitionEpoch != proposal.PartitionEpoch || state.LeaderEpoch != proposal.LeaderEpoch)
                {
                    return;
                }

                _truth[partition] = PartitionMachineTests.State(
                    state.Leader.Value,
                    state.LeaderEpoch.Value,
                    state.PartitionEpoch.Value + 1,
                    [.. state.Replicas.Select(broker => broker.Value)],
                    [.. proposal.InSyncReplicas.Select(broker => broker.Value)]);
            }

            TellAll();
        });
    }

    /// <summary>Appends and waits until it is committed.</summary>
    public async Task AppendAsync(TopicPartition partition, int leader, params string[] values)
    {
        var replica = this[leader].Replicas.Find(partition)!;
        var appended = await replica.Append(Batches.Request(RequiredAcks.All, values));
        Assert.Equal(ErrorCode.None, appended.Error);
        Assert.Equal(ErrorCode.None, await replica.AwaitCommitted(appended.EndOffset, appended.LeaderEpoch, _patience));
    }

    /// <summary>Completes when a replica's picture is as wanted.</summary>
    public static async Task UntilAsync(LocalReplica replica, Func<ReplicaStatus, bool> isAsWanted)
    {
        var waiter = new Waiter(() => isAsWanted(replica.Status));
        replica.AddWaiter(waiter);
        waiter.OnProgress();
        await waiter.Task.WaitAsync(_patience);
        replica.RemoveWaiter(waiter);
    }

    public void Dispose()
    {
        foreach (var node in _nodes.Values)
        {
            node.Dispose();
        }

        Directory.Delete(_path, recursive: true);
    }

    private void TellAll()
    {
        lock (_gate)
        {
            foreach (var replica in _nodes.Values.SelectMany(node => node.Replicas.Open))
            {
                replica.Assign(_truth[replica.Partition]);
                replica.OnPeersChanged();
            }
        }
    }

    private sealed class Waiter(Func<bool> isDone) : TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously), IProgressWaiter
    {
        public void OnProgress()
        {
            if (isDone())
            {
                TrySetResult();
            }
        }
    }
}
