using OrleansStreaming.Cli.Application;
using OrleansStreaming.Cli.Clusters;
#if !ORLEANS_MICROSOFT
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Orleans;
using Orleans.Hosting;
using OrleansStreaming.Cli.Native;
using OrleansStreaming.Client;
#endif

namespace OrleansStreaming.Cli.Hosting;

/// <summary>An Orleans client that finds the brokers of this machine in their shared directory.</summary>
internal static class NativeHosting
{
    /// <exception cref="UsageException">There is no such directory, or this build has no such client.</exception>
    /// <exception cref="Client.BrokerUnavailableException">No broker of the directory answers in time.</exception>
    public static Task<IClusterConnection> ConnectAsync(string directory, TimeSpan timeout, TimeProvider time, CancellationToken cancellationToken) =>
#if ORLEANS_MICROSOFT
        Task.FromException<IClusterConnection>(new UsageException(
            $"--cluster-dir {directory}: brokers on the Microsoft.Orleans packages are not found by a directory; name their Kafka port with --bootstrap."));
#else
        ConnectByDirectoryAsync(directory, timeout, time, cancellationToken);

    private static async Task<IClusterConnection> ConnectByDirectoryAsync(
        string directory, TimeSpan timeout, TimeProvider time, CancellationToken cancellationToken)
    {
        var silos = Path.Combine(directory, ".silos");
        if (!Directory.Exists(silos))
        {
            throw new UsageException($"--cluster-dir: {directory} is no broker's cluster directory. It is what the broker was started with, or 'cluster' in its data directory.");
        }

        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Logging.ClearProviders();
        builder.UseOrleansClient(client => client.UseSharedDirectoryClustering(silos));
        var host = builder.Build();
        try
        {
            await host.StartAsync(cancellationToken).WaitAsync(timeout, time, cancellationToken);
            var client = StreamingClient.Create(
                host.Services.GetRequiredService<IClusterClient>(), new StreamingClientOptions { ClientId = "ostream", MetadataTimeout = timeout }, time: time);
            return new NativeConnection(client, new StartedHost(host), timeout, time);
        }
        catch (Exception failure) when (!cancellationToken.IsCancellationRequested)
        {
            host.Dispose();
            throw new BrokerUnavailableException($"No broker of {directory} answers: {failure.Message}", failure);
        }
    }

    private sealed class StartedHost(IHost host) : IAsyncDisposable
    {
        public async ValueTask DisposeAsync()
        {
            await host.StopAsync();
            host.Dispose();
        }
    }
#endif
}
