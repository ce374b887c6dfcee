using Microsoft.Extensions.Logging.Abstractions;
using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using OrleansStreaming.Contracts.Brokers;
using OrleansStreaming.Records.Ids;
using OrleansStreaming.Replication.Metrics;
using OrleansStreaming.Replication.Replicas;
using OrleansStreaming.Replication.Tests.Partitions;
using OrleansStreaming.Storage.Directories;

namespace OrleansStreaming.Replication.Tests.Support;

/// <summary>One replica over a real log in a directory of its own, without any grain.</summary>
internal sealed class ReplicaHost : IDisposable
{
    public static readonly TopicId Topic = new(Guid.Parse("00000000-0000-0000-0000-00000000000a"));

    private readonly string _path = Directory.CreateTempSubdirectory("replica").FullName;
    private readonly ServiceProvider _services = new ServiceCollection().AddMetrics().BuildServiceProvider();
    private readonly ReplicaOptions _options;
    private LogDirectory _directory;

    public ReplicaHost(ReplicaOptions? options = null)
    {
        _options = options ?? ReplicaOptions.Default;
        _directory = LogDirectory.Open(_path, new BrokerId(1), Device, Clock);
        Replica = Open();
    }

    public SyncControl Device { get; } = new();

    public ManualClock Clock { get; } = new();

    public FakePeers Peers { get; } = new();

    public ReplicationMetrics Metrics { get; private set; } = null!;

    public LocalReplica Replica { get; }

    public ReplicaHost Lead(int epoch = 0, int[]? replicas = null, int[]? inSync = null)
    {
        Replica.Assign(PartitionMachineTests.State(1, epoch, epoch, replicas ?? [1], inSync ?? replicas ?? [1]));
        return this;
    }

    /// <summary>The replica as the next process of this broker opens it, without a clean shutdown before.</summary>
    public LocalReplica Restart()
    {
        _directory.Dispose();
        _directory = LogDirectory.Open(_path, new BrokerId(1), Device, Clock);
        return Open();
    }

    public void Dispose()
    {
        Device.Release();
        _directory.Dispose();
        _services.Dispose();
        Directory.Delete(_path, recursive: true);
    }

    private LocalReplica Open()
    {
        var log = _directory.OpenLog(new TopicPartition("t", 0), Topic, _options.Log);
        var all = new LocalReplicas(Options.Create(new BrokerOptions { DataDirectory = _path }), Device);
        Metrics = new ReplicationMetrics(_services.GetRequiredService<IMeterFactory>(), all);
        var context = new ReplicaContext(new BrokerId(1), 1, Clock, Peers, Metrics, NullLogger.Instance);
        return new LocalReplica(context, log, _options, Offset.Zero, LeaderEpoch.None);
    }
}
