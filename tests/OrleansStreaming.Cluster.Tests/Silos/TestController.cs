using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Orleans;
using Orleans.Configuration;
using Orleans.Hosting;
using OrleansStreaming.Cluster.Brokers;
using OrleansStreaming.Cluster.Hosting;
using OrleansStreaming.Contracts.Brokers;
using OrleansStreaming.Contracts.Cluster;
using OrleansStreaming.Records.Errors;
using OrleansStreaming.Records.Ids;

namespace OrleansStreaming.Cluster.Tests.Silos;

/// <summary>A silo with the controller and topic grains, over brokers whose life and death the test decides.</summary>
internal sealed class TestController : IAsyncDisposable
{
    private readonly Dictionary<int, long> _epochs = [];
    private readonly IHost _host;
    private int _silos;

    private TestController(IHost host) => _host = host;

    public FakeMembership Members => (FakeMembership)_host.Services.GetRequiredService<IBrokerMembership>();

    public ToldBrokers Told => _host.Services.GetRequiredService<ToldBrokers>();

    public IClusterMetadata Metadata => _host.Services.GetRequiredService<IClusterMetadata>();

    public IGrainFactory Grains => _host.Services.GetRequiredService<IGrainFactory>();

    public IControllerGrain Controller => Grains.GetGrain<IControllerGrain>(IControllerGrain.Key);

    /// <summary>Starts it with brokers 1 to <paramref name="brokers"/> up and ready.</summary>
    public static async Task<TestController> StartAsync(string folder, int brokers = 3, Dictionary<string, string>? configs = null)
    {
        var builder = Host.CreateApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true });
        builder.Logging.SetMinimumLevel(LogLevel.None);
        builder.UseOrleans(silo =>
        {
            silo.UseLocalhostClustering(FreePort(), FreePort());
            silo.Configure<SiloOptions>(options => options.SiloName = "broker-1");
            silo.Configure<BrokerOptions>(options => options.Configs = configs ?? []);
            silo.AddFileGrainStorageAsDefault(folder);
            silo.AddOrleansStreamingCluster();
            silo.Services.AddSingleton<ToldBrokers>();
            silo.Services.AddSingleton<IBrokerMembership>(new FakeMembership());
        });
        var host = builder.Build();
        var test = new TestController(host);
        await host.StartAsync();
        for (var id = 1; id <= brokers; id++)
        {
            await test.StartBrokerAsync(id);
        }

        return test;
    }

    /// <summary>A broker's new process comes up and asks to lead.</summary>
    public async Task StartBrokerAsync(int id, bool wasStoppedCleanly = false, string? rack = null)
    {
        var silo = $"silo-{++_silos}";
        var incarnation = Guid.NewGuid();
        Members.Join(id, silo);
        var registered = await Controller.RegisterBroker(new RegisterBrokerCommand
        {
            Broker = new BrokerDescription { Id = new BrokerId(id), Host = "h", Port = 9090 + id, Rack = rack },
            Incarnation = incarnation,
            Silo = silo,
            HasLostNothing = wasStoppedCleanly,
        });
        Assert.Null(registered.Refusal);
        _epochs[id] = registered.BrokerEpoch;
        var announced = await Controller.AnnounceReady(new AnnounceReadyCommand { Broker = new BrokerId(id), Incarnation = incarnation });
        Assert.Equal(ErrorCode.None, announced.Error);
        await Metadata.WaitForVersionAsync(announced.MetadataVersion, CancellationToken.None);
    }

    public async Task<BeginShutdownResult> BeginShutdownAsync(int id) =>
        await Controller.BeginShutdown(new BeginShutdownCommand { Broker = new BrokerId(id), BrokerEpoch = _epochs[id] });

    public async Task<TopicDescription> CreateAsync(string topic, params int[][] assignments)
    {
        var result = await Controller.CreateTopic(new CreateTopicCommand
        {
            Name = topic,
            Assignments = assignments.Select((replicas, index) => (replicas, index)).ToDictionary(entry => entry.index, entry => entry.replicas),
        });
        Assert.Equal(ErrorCode.None, result.Error);
        await Metadata.WaitForVersionAsync(result.MetadataVersion, CancellationToken.None);
        return result.Topic!;
    }

    /// <summary>The leader of a partition proposes an in-sync set, as if all members had answered it in their present lives.</summary>
    public async Task ProposeAsync(string topic, int partition, params int[] inSync)
    {
        var description = Metadata.Current.Topics[topic];
        var state = description.Partitions[partition];
        await Grains.GetGrain<ITopicGrain>(topic).ProposeInSync(
        [
            new InSyncProposal
            {
                TopicId = description.Id,
                Partition = partition,
                Leader = state.Leader,
                LeaderEpoch = state.LeaderEpoch,
                PartitionEpoch = state.PartitionEpoch,
                InSyncReplicas = Array.ConvertAll(inSync, id => new BrokerId(id)),
                BrokerEpochs = Array.ConvertAll(inSync, id => _epochs[id]),
            },
        ]);
    }

    /// <summary>Waits until metadata shows a partition like this.</summary>
    public async Task<PartitionDescription> WaitAsync(string topic, int partition, Func<PartitionDescription, bool> condition)
    {
        while (true)
        {
            var image = Metadata.Current;
            if (image.Topics.TryGetValue(topic, out var description) && condition(description.Partitions[partition]))
            {
                return description.Partitions[partition];
            }

            await Metadata.WaitForVersionAsync(image.Version + 1, CancellationToken.None).WaitAsync(TimeSpan.FromSeconds(60));
        }
    }

    public async ValueTask DisposeAsync()
    {
        Told.Resume();
        await _host.StopAsync();
        _host.Dispose();
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
