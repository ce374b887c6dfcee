using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using OrleansStreaming.Contracts.Cluster;
using OrleansStreaming.Contracts.Replication;
using OrleansStreaming.Kafka.Hosting;
using OrleansStreaming.Kafka.Settings;
using OrleansStreaming.Kafka.Tests.Fakes;
using OrleansStreaming.Kafka.Tests.Wire;

namespace OrleansStreaming.Kafka.Tests;

/// <summary>
/// The endpoint on a real Kestrel at a free port of the loopback, over fakes. Its end checks that every record source that was
/// handed out was released exactly once.
/// </summary>
internal sealed class TestBroker : IAsyncDisposable
{
    private readonly List<KafkaClient> _clients = [];
    private WebApplication _app = null!;
    private bool _isStopped;

    private TestBroker() => Cluster = new FakeCluster(Replicas);

    public FakeReplicas Replicas { get; } = new();

    public FakeCluster Cluster { get; }

    public ManualTime Time { get; } = new();

    public LogSink Log { get; } = new();

    /// <summary>Sees each connection before the endpoint does.</summary>
    public Func<ConnectionContext, Func<Task>, Task> OnConnection { get; set; } = (_, serve) => serve();

    public IPEndPoint Address { get; private set; } = null!;

    /// <summary>Starts a broker with a topic <c>t</c> of three partitions.</summary>
    public static async Task<TestBroker> StartAsync(Action<KafkaEndpointOptions>? configure = null)
    {
        var broker = new TestBroker();
        broker.Cluster.AddTopic("t", 3);
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.Logging.SetMinimumLevel(LogLevel.Debug);
        builder.Logging.AddProvider(broker.Log);
        builder.Services.AddSingleton<IClusterMetadata>(broker.Cluster);
        builder.Services.AddSingleton<ILocalReplicas>(broker.Replicas);
        builder.Services.AddSingleton(FakeGrains.Create(broker.Cluster, broker.Replicas));
        builder.Services.AddSingleton<TimeProvider>(broker.Time);
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = TimeSpan.FromMinutes(5));
        builder.Services.AddKafkaEndpoint(options =>
        {
            options.BrokerId = FakeCluster.LocalBroker.Value;
            configure?.Invoke(options);
        });
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0, listen =>
        {
            listen.Use(next => connection => broker.OnConnection(connection, () => next(connection)));
            listen.UseKafka();
        }));
        broker._app = builder.Build();
        await broker._app.StartAsync();
        var address = broker._app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single();
        broker.Address = new IPEndPoint(IPAddress.Loopback, new Uri(address).Port);
        return broker;
    }

    /// <summary>A new connection; closed with the broker.</summary>
    public async Task<KafkaClient> ConnectAsync()
    {
        var client = await KafkaClient.ConnectAsync(Address);
        lock (_clients)
        {
            _clients.Add(client);
        }

        return client;
    }

    public Task StopAsync()
    {
        _isStopped = true;
        return _app.StopAsync().WaitAsync(Signal.Limit);
    }

    public async ValueTask DisposeAsync()
    {
        _clients.ForEach(client => client.Dispose());
        if (!_isStopped)
        {
            await StopAsync();
        }

        await _app.DisposeAsync();
        await Replicas.Records.AllReleasedOnceAsync();
    }
}
