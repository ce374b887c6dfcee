using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Orleans;
using OrleansStreaming.Client;
using OrleansStreaming.Testing.Hosting;

namespace OrleansStreaming.Testing;

/// <summary>
/// A real broker inside the test process: the same silo, log and coordinators as in production, on files in a temporary folder,
/// without ports of its own that could be taken. Ready in a fraction of a second; start one for a class of tests, or one for each.
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
/// </summary>
public sealed class StreamingTestCluster : IAsyncDisposable
{
    private readonly StreamingTestClusterOptions _options;
    private readonly string _directory;
    private readonly BrokerFaults _faults = new();
    private IHost? _host;

    private StreamingTestCluster(StreamingTestClusterOptions options)
    {
        _options = options;
        _directory = options.Directory ?? System.IO.Directory.CreateTempSubdirectory("orleans-streaming-").FullName;
    }

    /// <summary>A client co-hosted with the broker. After <see cref="RestartAsync"/> it is another one.</summary>
    public IStreamingClient Client => Services.GetRequiredService<IStreamingClient>();

    /// <summary>The administration of <see cref="Client"/>.</summary>
    public IStreamingAdmin Admin => Client.Admin;

    /// <summary>
    /// The way to the broker's grains, for <see cref="StreamingClient.Create"/>: a client made with it talks to the broker by grain
    /// calls alone, as one of another process does.
    /// </summary>
    public IGrainFactory Grains => Services.GetRequiredService<IGrainFactory>();

    /// <summary>The broker's container.</summary>
    public IServiceProvider Services => (_host ?? throw new InvalidOperationException("The broker is stopped: call StartBrokerAsync.")).Services;

    /// <summary>Faults between clients and the broker.</summary>
    public BrokerFaults Faults => _faults;

    /// <summary>Where Kafka clients connect, <c>host:port</c>; needs <see cref="StreamingTestClusterOptions.WithKafkaEndpoint"/>.</summary>
    public string BootstrapServers { get; private set; } = "";

    /// <summary>Starts a cluster; completes when records can be produced.</summary>
    public static async Task<StreamingTestCluster> StartAsync(Action<StreamingTestClusterOptions>? configure = null)
    {
        var options = new StreamingTestClusterOptions();
        configure?.Invoke(options);
        var cluster = new StreamingTestCluster(options);
        await cluster.StartBrokerAsync();
        return cluster;
    }

    /// <summary>Starts the broker again on the same files.</summary>
    public async Task StartBrokerAsync()
    {
        if (_host is null)
        {
            _host = TestBroker.Build(_options, _directory, _faults);
            await _host.StartAsync();
            BootstrapServers = _options.WithKafkaEndpoint ? TestBroker.AddressOf(_host) : "";
        }
    }

    /// <summary>Stops the broker in good order.</summary>
    public async Task StopBrokerAsync()
    {
        if (_host is { } host)
        {
            await host.StopAsync();
            await EndAsync(host);
        }
    }

    /// <summary>Ends the broker without its shutdown: the next start recovers.</summary>
    public async Task CrashBrokerAsync()
    {
        if (_host is { } host)
        {
            await EndAsync(host);
        }
    }

    /// <summary>Stops the broker in good order and starts it again on the same files.</summary>
    public async Task RestartAsync()
    {
        await StopBrokerAsync();
        await StartBrokerAsync();
    }

    /// <summary>Stops the broker and deletes its files, if they are temporary.</summary>
    public async ValueTask DisposeAsync()
    {
        await StopBrokerAsync();
        if (_options.Directory is null)
        {
            System.IO.Directory.Delete(_directory, recursive: true);
        }
    }

    private async Task EndAsync(IHost host)
    {
        _host = null;
        switch (host)
        {
            case IAsyncDisposable disposable:
                await disposable.DisposeAsync();
                break;
            default:
                host.Dispose();
                break;
        }
    }
}
