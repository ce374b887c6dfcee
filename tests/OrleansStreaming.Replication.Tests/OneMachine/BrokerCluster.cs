using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Orleans;
using Orleans.Configuration;
using Orleans.Hosting;
using OrleansStreaming.Cluster.Hosting;
using OrleansStreaming.Contracts.Brokers;
using OrleansStreaming.Contracts.Cluster;
using OrleansStreaming.Contracts.Replication;
using OrleansStreaming.Records.Errors;
using OrleansStreaming.Records.Ids;
using OrleansStreaming.Replication.Hosting;
using OrleansStreaming.Replication.Tests.Support;

namespace OrleansStreaming.Replication.Tests.OneMachine;

/// <summary>Several whole brokers in this process, each a silo with its own data directory, over real connections.</summary>
internal sealed class BrokerCluster : IAsyncDisposable
{
    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(60);

    private readonly string _folder = Directory.CreateTempSubdirectory("brokers").FullName;
    private readonly Dictionary<int, IHost> _brokers = [];

    public static async Task<BrokerCluster> StartAsync(int count)
    {
        var cluster = new BrokerCluster();
        for (var id = 1; id <= count; id++)
        {
            await cluster.StartAsync(id, count);
        }

        return cluster;
    }

    public IEnumerable<int> Running => _brokers.Keys;

    /// <summary>Starts a broker; when this completes it is ready, and all metadata here know so many brokers to be alive.</summary>
    public async Task StartAsync(int id, int alive)
    {
        var builder = Host.CreateApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true });
        builder.Logging.SetMinimumLevel(LogLevel.None);
        builder.UseOrleans(silo =>
        {
            silo.UseSharedDirectoryClustering(Path.Combine(_folder, "silos"));
            silo.Configure<SiloOptions>(options => options.SiloName = BrokerSilos.NameOf(new BrokerId(id)));
            silo.Configure<BrokerOptions>(options =>
            {
                options.BrokerId = id;
                options.AdvertisedPort = 9091 + id;
                options.DataDirectory = DataOf(id);
            });
            silo.AddFileGrainStorageAsDefault(Path.Combine(_folder, "state"));
            silo.AddOrleansStreamingCluster();
            silo.AddOrleansStreamingReplication();
        });
        _brokers[id] = builder.Build();
        await _brokers[id].StartAsync();
        foreach (var running in _brokers.Keys)
        {
            await MetadataAsync(running, _ => Metadata(running).Brokers.Values.Count(broker => broker.IsAlive) >= Math.Min(alive, _brokers.Count));
        }
    }

    public ClusterImage Metadata(int id) => Service<IClusterMetadata>(id).Current;

    public IGrainFactory Grains(int id) => Service<IGrainFactory>(id);

    public ILocalReplica? Replica(int id, string topic, int partition = 0) => Service<ILocalReplicas>(id).Find(new TopicPartition(topic, partition));

    public PartitionDescription State(int id, string topic) => Metadata(id).Topics[topic].Partitions[0];

    public async Task CreateAsync(string topic, Dictionary<string, string> configs)
    {
        var command = new CreateTopicCommand { Name = topic, PartitionCount = 1, ReplicationFactor = (short)_brokers.Count, Configs = configs };
        var result = await Grains(_brokers.Keys.First()).GetGrain<IControllerGrain>(IControllerGrain.Key).CreateTopic(command);
        Assert.Equal(ErrorCode.None, result.Error);
        foreach (var id in _brokers.Keys)
        {
            await MetadataAsync(id, image => image.Topics.ContainsKey(topic));
        }
    }

    /// <summary>Completes when a broker's metadata are as wanted.</summary>
    public async Task MetadataAsync(int id, Func<ClusterImage, bool> isAsWanted)
    {
        using var limit = new CancellationTokenSource(_patience);
        var metadata = Service<IClusterMetadata>(id);
        while (metadata.Current is var image && !isAsWanted(image))
        {
            await metadata.WaitForVersionAsync(image.Version + 1, limit.Token);
        }
    }

    /// <summary>Appends as a stock client does: to the leader it believes in, again elsewhere when refused, until it is committed.</summary>
    public async Task<AppendResult> AppendAsync(string topic, params string[] values)
    {
        using var limit = new CancellationTokenSource(_patience);
        while (true)
        {
            limit.Token.ThrowIfCancellationRequested();
            var client = _brokers.Keys.First();
            var image = Metadata(client);
            var state = image.Topics[topic].Partitions[0];
            if (_brokers.ContainsKey(state.Leader.Value) && await TryAppendAsync(topic, state, values) is { } appended)
            {
                return appended;
            }

            await Task.WhenAny(
                Service<IClusterMetadata>(client).WaitForVersionAsync(image.Version + 1, limit.Token),
                Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System, limit.Token));
        }
    }

    public async Task StopAsync(int id)
    {
        _brokers.Remove(id, out var host);
        await host!.StopAsync();
        host.Dispose();
    }

    /// <summary>Ends a broker as a killed process leaves its directories.</summary>
    public void Kill(int id)
    {
        _brokers.Remove(id, out var host);
        host!.Dispose();
    }

    /// <summary>Completes when all replicas of a topic's only partition are in sync, hold and know everything.</summary>
    public async Task SettleAsync(string topic, int replicas)
    {
        foreach (var id in _brokers.Keys)
        {
            await MetadataAsync(id, image => image.Topics[topic].Partitions[0] is var state
                && state.InSyncReplicas.Count == replicas && _brokers.ContainsKey(state.Leader.Value));
        }

        var end = _brokers.Keys.Max(id => Replica(id, topic)!.Status.LogEnd);
        foreach (var id in _brokers.Keys)
        {
            var replica = Replica(id, topic)!;
            var reached = new Reached(() => replica.Status.HighWatermark >= end);
            replica.AddWaiter(reached);
            reached.OnProgress();
            await reached.Task.WaitAsync(_patience);
            replica.RemoveWaiter(reached);
        }
    }

    public List<string> Read(int id, string topic)
    {
        var result = Replica(id, topic)!.Read(Offset.Zero, 100_000_000, true, ReadIsolation.ReadUncommitted);
        Assert.Equal(ErrorCode.None, result.Error);
        return Batches.Values(result.Records);
    }

    public byte[] LogBytes(int id, string topic) =>
        [.. Directory.GetFiles(Path.Combine(DataOf(id), $"{topic}-0"), "*.log").Order(StringComparer.Ordinal).SelectMany(File.ReadAllBytes)];

    public async ValueTask DisposeAsync()
    {
        foreach (var id in _brokers.Keys.ToArray())
        {
            await StopAsync(id);
        }

        Directory.Delete(_folder, recursive: true);
    }

    private string DataOf(int id) => Path.Combine(_folder, $"data-{id}");

    private T Service<T>(int id)
        where T : notnull => _brokers[id].Services.GetRequiredService<T>();

    private async Task<AppendResult?> TryAppendAsync(string topic, PartitionDescription state, string[] values)
    {
        var key = new ReplicaKey(new TopicPartition(topic, state.Partition), state.Leader);
        var grain = Grains(state.Leader.Value).GetGrain<IReplicaGrain>(key.ToString());
        try
        {
            var appended = await grain.AppendCommitted(Batches.Request(RequiredAcks.All, values), _patience);
            return appended.IsCommitted ? appended : null;
        }
        catch (Exception exception) when (exception is not Xunit.Sdk.XunitException)
        {
            return null;
        }
    }

    private sealed class Reached(Func<bool> isSo) : TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously), IProgressWaiter
    {
        public void OnProgress()
        {
            if (isSo())
            {
                TrySetResult();
            }
        }
    }
}
