using Microsoft.Extensions.DependencyInjection;
using Orleans;
using Orleans.Embedded.Testing;
using Orleans.Hosting;
using OrleansStreaming.Cluster.Hosting;
using OrleansStreaming.Cluster.Tests.Silos;
using OrleansStreaming.Contracts.Brokers;
using OrleansStreaming.Contracts.Cluster;
using OrleansStreaming.Records.Errors;
using OrleansStreaming.Records.Ids;

namespace OrleansStreaming.Cluster.Tests.EmbeddedClusters;

/// <summary>Silos of brokers that keep no records, over one directory of grain state.</summary>
internal sealed class ThreeBrokers : IAsyncDisposable
{
    /// <summary>Only ends a test that would hang.</summary>
    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(60);

    private readonly EmbeddedTestCluster _cluster = new();

    public IClusterMetadata MetadataOf(int broker) => Silo(broker).Services.GetRequiredService<IClusterMetadata>();

    public static async Task<ThreeBrokers> StartAsync()
    {
        var brokers = new ThreeBrokers();
        for (var id = 1; id <= 3; id++)
        {
            await brokers.StartAsync(id);
        }

        // While silos join there may be two controllers for a moment: all shall follow the same one, and know all brokers.
        long agreed;
        do
        {
            agreed = brokers.MetadataOf(1).Current.Version;
            for (var id = 1; id <= 3; id++)
            {
                agreed = Math.Max(agreed, (await brokers.WaitAsync(
                    id, image => image.Version >= agreed && image.Brokers.Count == 3 && image.Brokers.Values.All(broker => broker.IsAlive))).Version);
            }
        }
        while (Enumerable.Range(1, 3).Any(id => brokers.MetadataOf(id).Current.Version != agreed));
        return brokers;
    }

    public async Task StartAsync(int id)
    {
        var silo = await _cluster.StartSiloAsync(BrokerSilos.NameOf(new BrokerId(id)), builder =>
        {
            builder.Configure<BrokerOptions>(options => options.BrokerId = id);
            builder.AddFileGrainStorageAsDefault(Path.Combine(_cluster.Directory, "state"));
            builder.AddOrleansStreamingCluster();
            builder.Services.AddSingleton<ToldBrokers>();
        });
        var incarnation = Guid.NewGuid();
        var registered = await RetryAsync(() => ControllerOf(id).RegisterBroker(new RegisterBrokerCommand
        {
            Broker = new BrokerDescription { Id = new BrokerId(id), Host = "h", Port = 9090 + id },
            Incarnation = incarnation,
            Silo = silo.Address.ToParsableString(),
            HasLostNothing = true,
        }));
        Assert.Null(registered.Refusal);
        var announced = await RetryAsync(
            () => ControllerOf(id).AnnounceReady(new AnnounceReadyCommand { Broker = new BrokerId(id), Incarnation = incarnation }));
        Assert.Equal(ErrorCode.None, announced.Error);
    }

    /// <summary>Creates a topic through one broker.</summary>
    public async Task<TopicCommandResult> CreateAsync(int broker, CreateTopicCommand command) =>
        await RetryAsync(() => ControllerOf(broker).CreateTopic(command));

    public Task KillAsync(int id) => _cluster.KillAsync(BrokerSilos.NameOf(new BrokerId(id)));

    public IControllerGrain ControllerOf(int broker) => Silo(broker).Grains.GetGrain<IControllerGrain>(IControllerGrain.Key);

    /// <summary>Waits until a broker's metadata is so.</summary>
    public async Task<ClusterImage> WaitAsync(int broker, Func<ClusterImage, bool> condition)
    {
        var metadata = MetadataOf(broker);
        while (true)
        {
            var image = metadata.Current;
            if (condition(image))
            {
                return image;
            }

            await metadata.WaitForVersionAsync(image.Version + 1, CancellationToken.None).WaitAsync(_patience);
        }
    }

    public ValueTask DisposeAsync() => _cluster.DisposeAsync();

    /// <summary>While silos join there may be two controllers for a moment: the one that cannot write says so by failing.</summary>
    private static async Task<T> RetryAsync<T>(Func<Task<T>> call)
    {
        using var limit = new CancellationTokenSource(_patience);
        while (true)
        {
            try
            {
                return await call();
            }
            catch (Exception) when (!limit.IsCancellationRequested)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System);
            }
        }
    }

    private EmbeddedTestSilo Silo(int broker) => _cluster.Silos[BrokerSilos.NameOf(new BrokerId(broker))];
}
