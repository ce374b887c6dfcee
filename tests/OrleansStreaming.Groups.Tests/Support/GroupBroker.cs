using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Orleans;
using Orleans.Configuration;
using Orleans.Hosting;
using OrleansStreaming.Cluster.Hosting;
using OrleansStreaming.Contracts.Brokers;
using OrleansStreaming.Contracts.Cluster;
using OrleansStreaming.Contracts.Groups;
using OrleansStreaming.Contracts.Replication;
using OrleansStreaming.Groups.Hosting;
using OrleansStreaming.Kafka.Hosting;
using OrleansStreaming.Records.Errors;
using OrleansStreaming.Records.Ids;
using OrleansStreaming.Replication.Hosting;

namespace OrleansStreaming.Groups.Tests.Support;

/// <summary>A whole broker in this process: silo, log, coordinators, and the Kafka endpoint at a free port of the loopback.</summary>
internal sealed class GroupBroker : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly List<WireClient> _clients = [];
    private bool _isStopped;

    private GroupBroker(WebApplication app) => _app = app;

    public IClusterMetadata Metadata => _app.Services.GetRequiredService<IClusterMetadata>();

    public ILocalReplicas Replicas => _app.Services.GetRequiredService<ILocalReplicas>();

    public IGrainFactory Grains => _app.Services.GetRequiredService<IGrainFactory>();

    public static async Task<GroupBroker> StartAsync(string folder, Dictionary<string, string>? configs = null)
    {
        var settings = new Dictionary<string, string>(configs ?? [])
        {
            ["group.initial.rebalance.delay.ms"] = "0",
            ["offsets.topic.num.partitions"] = "4",
        };
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.UseOrleans(silo =>
        {
            silo.UseLocalhostClustering(FreePort(), FreePort());
            silo.Configure<SiloOptions>(options => options.SiloName = "broker-1");
            silo.Configure<BrokerOptions>(options =>
            {
                options.DataDirectory = Path.Combine(folder, "data");
                options.Configs = settings;
            });
            silo.AddFileGrainStorageAsDefault(Path.Combine(folder, "cluster"));
            silo.AddOrleansStreamingCluster();
            silo.AddOrleansStreamingReplication();
            silo.AddOrleansStreamingGroups();
        });
        builder.Services.AddKafkaEndpoint(endpoint => endpoint.Configs = settings);
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0, listener => listener.UseKafka()));
        var app = builder.Build();
        await app.StartAsync();
        return new GroupBroker(app);
    }

    public async Task<WireClient> ConnectAsync()
    {
        var address = _app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single();
        var client = await WireClient.ConnectAsync(new IPEndPoint(IPAddress.Loopback, new Uri(address).Port));
        _clients.Add(client);
        return client;
    }

    public async Task CreateTopicAsync(string name)
    {
        var result = await Grains.GetGrain<IControllerGrain>(IControllerGrain.Key).CreateTopic(new CreateTopicCommand { Name = name, PartitionCount = 3 });
        Assert.Equal(ErrorCode.None, result.Error);
        await Metadata.WaitForVersionAsync(result.MetadataVersion, CancellationToken.None);
    }

    public async Task DeleteTopicAsync(string name)
    {
        var result = await Grains.GetGrain<IControllerGrain>(IControllerGrain.Key).DeleteTopic(new DeleteTopicCommand { Name = name });
        Assert.Equal(ErrorCode.None, result.Error);
        await Metadata.WaitForVersionAsync(result.MetadataVersion, CancellationToken.None);
    }

    public IGroupGrain Group(string id) => Grains.GetGrain<IGroupGrain>(new GroupKey(id, new BrokerId(1)).ToString());

    /// <summary>Ends the process's silo without the broker's own shutdown.</summary>
    public async Task CrashAsync()
    {
        _isStopped = true;
        _clients.ForEach(client => client.Dispose());
        await _app.DisposeAsync();
    }

    public async ValueTask DisposeAsync()
    {
        _clients.ForEach(client => client.Dispose());
        if (!_isStopped)
        {
            await _app.StopAsync();
            await _app.DisposeAsync();
        }
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
