using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using OrleansStreaming.Contracts.Cluster;

namespace OrleansStreaming.Testing.Hosting;

/// <summary>A broker of a test cluster, running or not. For one caller at a time.</summary>
internal sealed class TestBroker(BrokerSetup setup)
{
    private IHost? _host;

    public bool IsRunning => _host is not null;

    public IServiceProvider Services =>
        (_host ?? throw new InvalidOperationException($"Broker {setup.Broker} is stopped: call StartBrokerAsync.")).Services;

    public IClusterMetadata Metadata => Services.GetRequiredService<IClusterMetadata>();

    /// <summary>Where Kafka clients connect; empty when they cannot.</summary>
    public string Address { get; private set; } = "";

    public async Task StartAsync()
    {
        if (_host is null)
        {
            _host = BrokerHosting.BuildBroker(setup);
            await _host.StartAsync();
            Address = setup.Options.WithKafkaEndpoint ? BrokerHosting.AddressOf(_host) : "";
        }
    }

    public async Task StopAsync()
    {
        if (_host is { } host)
        {
            await host.StopAsync();
            await EndAsync(host);
        }
    }

    /// <summary>Ends without a stop: as after the end of a process, nobody is told and nothing is written.</summary>
    public Task CrashAsync() => _host is { } host ? EndAsync(host) : Task.CompletedTask;

    private async Task EndAsync(IHost host)
    {
        (_host, Address) = (null, "");
        if (host is IAsyncDisposable disposable)
        {
            await disposable.DisposeAsync();
        }
        else
        {
            host.Dispose();
        }
    }
}
