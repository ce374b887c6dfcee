using System.Globalization;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Orleans;
using OrleansStreaming.Client;
using OrleansStreaming.Client.Hosting;
using OrleansStreaming.Contracts.Cluster;
using OrleansStreaming.Records.Ids;
using OrleansStreaming.Testing.Hosting;

namespace OrleansStreaming.Testing;

/// <summary>
/// A real broker inside the test process, or several: the same silos, logs and coordinators as in production, on files in a
/// temporary folder, without ports of their own that could be taken. One broker is ready in a fraction of a second; start one for
/// a class of tests, or one for each. For one test at a time.
/// <code>
/// public sealed class OrderTests : IAsyncLifetime
/// {
///     private StreamingTestCluster _cluster = null!;
///
///     public async Task InitializeAsync() => _cluster = await StreamingTestCluster.StartAsync();
///
///     public async Task DisposeAsync() => await _cluster.DisposeAsync();
///
///     [Fact]
///     public async Task AnOrderIsStored()
///     {
///         await _cluster.Admin.CreateTopicAsync(new NewTopic("orders"));
///         await using var producer = _cluster.Client.CreateProducer&lt;string, string&gt;();
///         var stored = await producer.ProduceAsync("orders", "customer-7", "two apples");
///         Assert.Equal(0, stored.Offset.Value);
///     }
/// }
/// </code>
/// With several brokers, what an application does while a leader is dead:
/// <code>
/// await using var cluster = await StreamingTestCluster.StartAsync(options => options.Brokers = 3);
/// await cluster.Admin.CreateTopicAsync(new NewTopic("orders") { PartitionCount = 1 });
/// await using var producer = cluster.Client.CreateProducer&lt;string, string&gt;();
/// await producer.ProduceAsync("orders", "customer-7", "two apples");
///
/// var leader = (await cluster.Admin.FindTopicAsync("orders"))!.Partitions[0].Leader;
/// await cluster.CrashBrokerAsync(leader.Value);
/// var stored = await producer.ProduceAsync("orders", "customer-7", "three pears"); // by the next leader
/// Assert.Equal(1, stored.Offset.Value);
/// await cluster.StartBrokerAsync(leader.Value);
/// await cluster.WhenInSyncAsync("orders");
/// </code>
/// </summary>
public sealed class StreamingTestCluster : IAsyncDisposable
{
    /// <summary>Only ends a wait that would last for ever.</summary>
    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(60);

    private readonly StreamingTestClusterOptions _options;
    private readonly string _directory;
    private readonly TestBroker[] _brokers;
    private IHost? _client;

    private StreamingTestCluster(StreamingTestClusterOptions options)
    {
        _options = options;
        _directory = options.Directory ?? System.IO.Directory.CreateTempSubdirectory("orleans-streaming-").FullName;
        var configs = ConfigsOf(options);
        _brokers = [.. Enumerable.Range(1, options.Brokers).Select(id => new TestBroker(new BrokerSetup(new BrokerId(id), options, configs, _directory, Faults)))];
    }

    /// <summary>
    /// A client. One broker has it beside itself, and after <see cref="RestartAsync"/> it is another one; that of several brokers is
    /// beside none of them, reaches them by grain calls, and stays the same while they come and go.
    /// </summary>
    public IStreamingClient Client => ClientServices.GetRequiredService<IStreamingClient>();

    /// <summary>The administration of <see cref="Client"/>.</summary>
    public IStreamingAdmin Admin => Client.Admin;

    /// <summary>
    /// The way to the brokers' grains, for <see cref="StreamingClient.Create"/>: a client made with it talks to the brokers by grain
    /// calls alone, as one of another process does.
    /// </summary>
    public IGrainFactory Grains => ClientServices.GetRequiredService<IGrainFactory>();

    /// <summary>The container of broker 1.</summary>
    public IServiceProvider Services => ServicesOf(1);

    /// <summary>Faults between clients and brokers, the same for all brokers.</summary>
    public BrokerFaults Faults { get; } = new();

    /// <summary>Where Kafka clients connect, <c>host:port</c> with commas between; needs <see cref="StreamingTestClusterOptions.WithKafkaEndpoint"/>.</summary>
    public string BootstrapServers => string.Join(',', _brokers.Select(broker => broker.Address).Where(address => address.Length > 0));

    /// <summary>
    /// What several brokers share, for clients of other processes: <see cref="ClusterDirectoryExtensions.UseClusterDirectory"/>, and
    /// <c>ostream --cluster-dir</c>. One broker alone is not found by it.
    /// </summary>
    public string ClusterDirectory => BrokerHosting.ClusterDirectory(_directory);

    /// <summary>The ids of the brokers that were neither stopped nor crashed.</summary>
    public IReadOnlyList<int> RunningBrokers => [.. Enumerable.Range(1, _brokers.Length).Where(id => _brokers[id - 1].IsRunning)];

    private IServiceProvider ClientServices => _client?.Services ?? Services;

    /// <summary>Starts a cluster; completes when records can be produced.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is to be no broker.</exception>
    /// <exception cref="NotSupportedException">Several brokers are asked of a build on the Microsoft.Orleans packages.</exception>
    public static async Task<StreamingTestCluster> StartAsync(Action<StreamingTestClusterOptions>? configure = null)
    {
        var options = new StreamingTestClusterOptions();
        configure?.Invoke(options);
        ArgumentOutOfRangeException.ThrowIfLessThan(options.Brokers, 1, nameof(options.Brokers));
        var cluster = new StreamingTestCluster(options);
        try
        {
            await Task.WhenAll(cluster._brokers.Select(broker => broker.StartAsync()));
            await cluster.WhenAllAreKnownAsync();
            if (options.Brokers > 1)
            {
                cluster._client = BrokerHosting.BuildClient(options, cluster._directory);
                await cluster._client.StartAsync();
            }

            return cluster;
        }
        catch
        {
            await cluster.DisposeAsync();
            throw;
        }
    }

    /// <summary>The container of a broker, for a client beside it or what else it has.</summary>
    /// <param name="broker">Its id, from 1.</param>
    /// <exception cref="InvalidOperationException">It does not run.</exception>
    public IServiceProvider ServicesOf(int broker) => Find(broker).Services;

    /// <summary>Starts a broker again on the same files; completes when all running brokers know that it is there.</summary>
    /// <param name="broker">Its id, from 1.</param>
    public async Task StartBrokerAsync(int broker = 1)
    {
        await Find(broker).StartAsync();
        await WhenAllAreKnownAsync();
    }

    /// <summary>Stops a broker in good order: it hands its leaderships over first.</summary>
    /// <param name="broker">Its id, from 1.</param>
    public Task StopBrokerAsync(int broker = 1) => Find(broker).StopAsync();

    /// <summary>Ends a broker as if its process were killed: calls to it break off, nobody is told, and its next start recovers.</summary>
    /// <param name="broker">Its id, from 1.</param>
    public Task CrashBrokerAsync(int broker = 1) => Find(broker).CrashAsync();

    /// <summary>Stops a broker in good order and starts it again on the same files.</summary>
    /// <param name="broker">Its id, from 1.</param>
    public async Task RestartAsync(int broker = 1)
    {
        await StopBrokerAsync(broker);
        await StartBrokerAsync(broker);
    }

    /// <summary>Completes when all replicas of a topic are in sync.</summary>
    /// <exception cref="TimeoutException">They are not within a minute.</exception>
    public Task WhenInSyncAsync(string topic) => WhenAsync(image =>
        image.Topics.TryGetValue(topic, out var described)
        && described.Partitions.All(partition => partition.Leader != BrokerId.None && partition.InSyncReplicas.Count == partition.Replicas.Count));

    /// <summary>Stops the brokers and deletes their files, if they are temporary.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_client is { } client)
        {
            _client = null;
            await client.StopAsync();
            client.Dispose();
        }

        // The last ones of several would look for somebody to hand over to.
        await Task.WhenAll(_brokers.Select(broker => _brokers.Length == 1 ? broker.StopAsync() : broker.CrashAsync()));
        if (_options.Directory is null)
        {
            await TemporaryFiles.DeleteAsync(_directory, TimeProvider.System);
        }
    }

    private static Dictionary<string, string> ConfigsOf(StreamingTestClusterOptions options)
    {
        var configs = new Dictionary<string, string>(options.Configs);
        configs.TryAdd("default.replication.factor", Math.Min(options.Brokers, 3).ToString(CultureInfo.InvariantCulture));
        configs.TryAdd("min.insync.replicas", options.Brokers >= 3 ? "2" : "1");
        return configs;
    }

    private TestBroker Find(int broker) => (uint)(broker - 1) < (uint)_brokers.Length
        ? _brokers[broker - 1]
        : throw new ArgumentOutOfRangeException(nameof(broker), broker, $"The brokers of this cluster are 1 to {_brokers.Length}.");

    private Task WhenAllAreKnownAsync()
    {
        var running = RunningBrokers;
        return WhenAsync(image => running.All(id => image.Brokers.TryGetValue(new BrokerId(id), out var broker) && broker.IsAlive));
    }

    /// <summary>Completes when all running brokers see the cluster as wanted.</summary>
    private async Task WhenAsync(Func<ClusterImage, bool> isAsWanted)
    {
        using var limit = new CancellationTokenSource(_patience, TimeProvider.System);
        foreach (var broker in _brokers.Where(broker => broker.IsRunning))
        {
            var metadata = broker.Metadata;
            while (metadata.Current is var image && !isAsWanted(image))
            {
                try
                {
                    await metadata.WaitForVersionAsync(image.Version + 1, limit.Token);
                }
                catch (OperationCanceledException)
                {
                    throw new TimeoutException($"The cluster did not come to be as expected within {_patience.TotalSeconds} s.");
                }
            }
        }
    }
}
