using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Orleans;
using OrleansStreaming.Cli.Application;
using OrleansStreaming.Cli.Clusters;
using OrleansStreaming.Cli.Native;
using OrleansStreaming.Client;
using OrleansStreaming.Client.Hosting;

namespace OrleansStreaming.Cli.Hosting;

/// <summary>An Orleans client that finds the brokers of this machine in their shared directory.</summary>
internal static class NativeHosting
{
    /// <exception cref="UsageException">There is no such directory, or this build has no such client.</exception>
    /// <exception cref="BrokerUnavailableException">No broker of the directory answers in time.</exception>
    public static async Task<IClusterConnection> ConnectAsync(
        string directory, TimeSpan timeout, TimeProvider time, CancellationToken cancellationToken)
    {
        var host = Build(directory);
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

    private static IHost Build(string directory)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Logging.ClearProviders();
        try
        {
            builder.UseOrleansClient(client => client.UseClusterDirectory(directory));
        }
        catch (NotSupportedException unsupported)
        {
            throw new UsageException($"--cluster-dir {unsupported.Message}");
        }

        if (!Directory.Exists(ClusterDirectoryExtensions.SilosOf(directory)))
        {
            throw new UsageException($"--cluster-dir: {directory} is no broker's cluster directory. It is what the broker was started with, or 'cluster' in its data directory.");
        }

        return builder.Build();
    }

    private sealed class StartedHost(IHost host) : IAsyncDisposable
    {
        public async ValueTask DisposeAsync()
        {
            await host.StopAsync();
            host.Dispose();
        }
    }
}
