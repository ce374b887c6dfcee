using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using OrleansStreaming.Contracts.Brokers;
using OrleansStreaming.Contracts.Cluster;
using OrleansStreaming.Contracts.Replication;
using OrleansStreaming.Records.Ids;
using OrleansStreaming.Replication.Links;
using OrleansStreaming.Replication.Metrics;
using OrleansStreaming.Replication.Replicas;
using OrleansStreaming.Storage.Devices;
using OrleansStreaming.Storage.Directories;

namespace OrleansStreaming.Replication.Tests.Support;

/// <summary>One broker's replicas over real logs and real links, whose calls go straight to the other nodes of the test.</summary>
internal sealed class ReplicaNode : IReplicaPeers, IDisposable
{
    private readonly ReplicaNodes _nodes;
    private readonly string _path;
    private readonly LogDirectory _directory;
    private readonly ConcurrentDictionary<BrokerId, BrokerLink> _links = new();
    private readonly ServiceProvider _services = new ServiceCollection().AddMetrics().BuildServiceProvider();
    private readonly long _origin = TimeProvider.System.GetTimestamp();
    private readonly ReplicationMetrics _metrics;
    private readonly PartReceiver _receiver;
    private readonly ITimer _tick;

    public ReplicaNode(ReplicaNodes nodes, int id, long epoch, string path)
    {
        _nodes = nodes;
        _path = path;
        Id = new BrokerId(id);
        Epoch = epoch;
        Replicas = new LocalReplicas(Options.Create(new BrokerOptions { DataDirectory = path }), FileStorageDevice.Instance);
        _metrics = new ReplicationMetrics(_services.GetRequiredService<IMeterFactory>(), Replicas);
        _receiver = new PartReceiver(Replicas);
        _directory = LogDirectory.Open(path, Id, FileStorageDevice.Instance, TimeProvider.System);
        var period = TimeSpan.FromMilliseconds(50);
        _tick = TimeProvider.System.CreateTimer(_ => Replicas.Open.ToList().ForEach(replica => replica.Tick()), null, period, period);
    }

    public BrokerId Id { get; }

    public long Epoch { get; }

    public LocalReplicas Replicas { get; }

    /// <summary>Calls to it, and from it, fail.</summary>
    public bool IsCutOff { get; set; }

    public ConcurrentQueue<LeaderResignation> Resignations { get; } = new();

    public TimeSpan Now => TimeProvider.System.GetElapsedTime(_origin);

    public LocalReplica Open(TopicPartition partition, ReplicaOptions options)
    {
        var log = _directory.OpenLog(partition, ReplicaHost.Topic, options.Log);
        var context = new ReplicaContext(Id, Epoch, TimeProvider.System, this, _metrics, NullLogger.Instance);
        var replica = new LocalReplica(context, log, options, Offset.Zero, LeaderEpoch.None);
        Replicas.Add(replica);
        return replica;
    }

    public bool IsPresent(BrokerId broker) => _nodes.Find(broker) is { IsCutOff: false };

    public void Ready(BrokerId follower, LocalReplica replica, TimeSpan at, bool isCatchingUp) => _links.GetOrAdd(
        follower,
        peer => new BrokerLink(Id, peer, new LinkOptions(), request => SendAsync(peer, request), () => Now, TimeProvider.System, _metrics, NullLogger.Instance))
        .Ready(replica, at, isCatchingUp);

    public void Ask(BrokerId leader, TopicPartition partition) => Task.Run(() => _nodes.Find(leader)?.Replicas.Find(partition)?.OnAsked(Id));

    public void Propose(string topic, InSyncProposal proposal) => _nodes.Decide(topic, proposal);

    public void Resign(string topic, LeaderResignation resignation) => Resignations.Enqueue(resignation);

    public byte[] LogBytes(TopicPartition partition) => [.. Directory
        .GetFiles(Path.Combine(_path, partition.ToString()), "*.log")
        .Order(StringComparer.Ordinal)
        .SelectMany(File.ReadAllBytes)];

    /// <summary>As a process that stops in good order.</summary>
    public async Task StopAsync()
    {
        CloseReplicas();
        await _directory.CloseAsync();
        _services.Dispose();
    }

    /// <summary>As a process that dies: nothing is synced or marked clean.</summary>
    public void Dispose()
    {
        CloseReplicas();
        _directory.Dispose();
        _services.Dispose();
    }

    private void CloseReplicas()
    {
        _tick.Dispose();
        foreach (var replica in Replicas.Open)
        {
            replica.Close();
            Replicas.Remove(replica.Partition);
        }
    }

    private async Task<ReplicateResponse> SendAsync(BrokerId peer, ReplicateRequest request)
    {
        await Task.Yield();
        return _nodes.Find(peer) is { IsCutOff: false } node && !IsCutOff
            ? await node._receiver.TakeAsync(request, node.Epoch)
            : throw new IOException($"Broker {peer} cannot be reached.");
    }
}
