using Microsoft.Extensions.Hosting;
using OrleansStreaming.Replication.Brokers;
using OrleansStreaming.Server.Configuration;
using OrleansStreaming.Storage.Devices;

namespace OrleansStreaming.Server.Hosting;

/// <summary>
/// One process at a time runs a broker of an id in a cluster: it holds the lock of a file in the cluster directory for as long as it
/// lives, also while it stands still; the system drops the lock when the process ends, however it ends. To the membership the process
/// that came later would be the successor of the one that runs. The file stays, with nothing in it.
/// </summary>
internal sealed class BrokerIdLock(ServerOptions options, IStorageDevice device) : IHostedLifecycleService, IDisposable
{
    private IDisposable? _lock;

    /// <summary>Before the data directory is taken, so that a new one stays untouched; unless the cluster directory lies inside it.</summary>
    /// <exception cref="BrokerStartException">Another process has the id, or the cluster directory cannot be used.</exception>
    public Task StartingAsync(CancellationToken cancellationToken)
    {
        if (!IsInsideData(options.ClusterDirectory))
        {
            _lock = Take();
        }

        return Task.CompletedTask;
    }

    /// <summary>Before the silo joins the cluster.</summary>
    /// <exception cref="BrokerStartException">Another process has the id, or the cluster directory cannot be used.</exception>
    public Task StartAsync(CancellationToken cancellationToken)
    {
        _lock ??= Take();
        return Task.CompletedTask;
    }

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public void Dispose() => _lock?.Dispose();

    private IDisposable Take()
    {
        var folder = Path.Combine(options.ClusterDirectory, ".brokers");
        try
        {
            device.CreateDirectory(folder);
            return device.TryLock(Path.Combine(folder, $"{options.BrokerId}.lock")) ?? throw new BrokerStartException(
                $"Another process runs broker {options.BrokerId} of cluster directory '{options.ClusterDirectory}'. Name another --broker-id, or end that process first, also when it is stopped.");
        }
        catch (IOException failure)
        {
            throw new BrokerStartException($"Cluster directory '{options.ClusterDirectory}' cannot be used: {failure.Message}", failure);
        }
    }

    private bool IsInsideData(string path)
    {
        var way = Path.GetRelativePath(options.DataDirectory, path);
        return !Path.IsPathRooted(way) && way.Split(Path.DirectorySeparatorChar)[0] != "..";
    }
}
