using System.Net;
using System.Net.Sockets;
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
using OrleansStreaming.Records.Ids;
using OrleansStreaming.Replication.Hosting;

namespace OrleansStreaming.Replication.Tests.Support;

/// <summary>A whole broker in this process, without an endpoint: a silo with the cluster's and the replicas' grains.</summary>
internal sealed class TestBroker : IAsyncDisposable
{
    private readonly IHost _host;
    private bool _isStopped;

    private TestBroker(IHost host) => _host = host;

    public IClusterMetadata Metadata => _host.Services.GetRequiredService<IClusterMetadata>();

    public ILocalReplicas Replicas => _host.Services.GetRequiredService<ILocalReplicas>();

    public IBrokerReadiness Readiness => _host.Services.GetRequiredService<IBrokerReadiness>();

    public IGrainFactory Grains => _host.Services.GetRequiredService<IGrainFactory>();

    public IControllerGrain Controller => Grains.GetGrain<IControllerGrain>(IControllerGrain.Key);

    /// <summary>Starts broker 1 over the two directories of a folder.</summary>
    public static async Task<TestBroker> StartAsync(string folder, Dictionary<string, string>? configs = null)
    {
        var builder = Host.CreateApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true });
        builder.Logging.SetMinimumLevel(LogLevel.None);
        builder.UseOrleans(silo =>
        {
            silo.UseLocalhostClustering(FreePort(), FreePort());
            silo.Configure<SiloOptions>(options => options.SiloName = "broker-1");
            silo.Configure<BrokerOptions>(options =>
            {
                options.DataDirectory = Path.Combine(folder, "data");
                options.Configs = configs ?? [];
            });
            silo.AddFileGrainStorageAsDefault(Path.Combine(folder, "cluster"));
            silo.AddOrleansStreamingCluster();
            silo.AddOrleansStreamingReplication();
        });
        var host = builder.Build();
        try
        {
            await host.StartAsync();
        }
        catch
        {
            host.Dispose();
            throw;
        }

        return new TestBroker(host);
    }

    public IReplicaGrain Replica(string topic, int partition = 0) =>
        Grains.GetGrain<IReplicaGrain>(new ReplicaKey(new TopicPartition(topic, partition), new BrokerId(1)).ToString());

    public async Task<TopicDescription> CreateAsync(string topic, int partitions = 1, Dictionary<string, string>? configs = null)
    {
        var result = await Controller.CreateTopic(new CreateTopicCommand { Name = topic, PartitionCount = partitions, Configs = configs ?? [] });
        Assert.Equal(OrleansStreaming.Records.Errors.ErrorCode.None, result.Error);
        await Metadata.WaitForVersionAsync(result.MetadataVersion, CancellationToken.None);
        return result.Topic!;
    }

    public Task<AppendResult> AppendAsync(string topic, params string[] values) =>
        Replica(topic).Append(Batches.Request(RequiredAcks.All, values));

    public List<string> Read(string topic, int partition = 0)
    {
        var replica = Replicas.Find(new TopicPartition(topic, partition))!;
        var result = replica.Read(replica.Status.LogStart, 10_000_000, true, ReadIsolation.ReadUncommitted);
        Assert.Equal(OrleansStreaming.Records.Errors.ErrorCode.None, result.Error);
        return Batches.Values(result.Records);
    }

    public async Task StopAsync()
    {
        _isStopped = true;
        await _host.StopAsync();
    }

    /// <summary>Ends the silo without the broker's own shutdown, as a killed process leaves its directories.</summary>
    public void Crash()
    {
        _isStopped = true;
        _host.Dispose();
    }

    public async ValueTask DisposeAsync()
    {
        if (!_isStopped)
        {
            await _host.StopAsync();
        }

        _host.Dispose();
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
