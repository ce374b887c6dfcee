using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using OrleansStreaming.Contracts.Brokers;
using OrleansStreaming.Contracts.Cluster;
using OrleansStreaming.Records.Ids;
using OrleansStreaming.Replication.Links;
using OrleansStreaming.Storage.Devices;
using OrleansStreaming.Storage.Directories;

namespace OrleansStreaming.Replication.Brokers;

/// <summary>
/// The life of the broker beside its silo: starts after the silo and before the endpoints, so that who can connect is served;
/// stops before the silo, so that the logs are closed cleanly. Disposed without a stop, the next start recovers.
/// </summary>
internal sealed partial class BrokerRuntime(
    BrokerStartup startup,
    ControlledShutdown shutdown,
    BrokerReplicas replicas,
    DepartedReplicas departed,
    BrokerLinks links,
    BrokerUpkeep upkeep,
    BrokerReadiness readiness,
    IClusterMetadata metadata,
    IStorageDevice device,
    IOptions<BrokerOptions> options,
    TimeProvider time,
    ILogger<BrokerRuntime> logger) : IHostedLifecycleService, IDisposable
{
    private readonly CancellationTokenSource _stopping = new();
    private LogDirectory? _directory;
    private Task _links = Task.CompletedTask;
    private Task? _background;

    /// <summary>
    /// Takes the data directory before anything of the host starts: what cannot be used is refused untouched, and grain state
    /// that lies inside it is only written to a directory that is ours.
    /// </summary>
    /// <exception cref="LogDirectoryException">The data directory cannot be used.</exception>
    public Task StartingAsync(CancellationToken cancellationToken)
    {
        readiness.Set(false, "opening the data directory");
        _directory = LogDirectory.Open(options.Value.DataDirectory, new BrokerId(options.Value.BrokerId), device, time);
        return Task.CompletedTask;
    }

    /// <summary>Completes when the broker is ready.</summary>
    /// <exception cref="LogDirectoryException">The data directory belongs to another cluster.</exception>
    /// <exception cref="BrokerStartException">The broker may not join.</exception>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        var directory = _directory ?? throw new InvalidOperationException("The host starts services without their lifecycle.");

        // First: a leader must know who is there.
        _links = Task.Run(() => links.RunAsync(_stopping.Token), CancellationToken.None);
        try
        {
            await startup.RunAsync(directory, cancellationToken);
        }
        catch (Exception exception)
        {
            readiness.Set(false, exception.Message);
            throw;
        }

        _background = Task.WhenAll(
            _links,
            Task.Run(() => upkeep.RunAsync(directory, _stopping.Token), CancellationToken.None),
            Task.Run(() => FollowMetadataAsync(_stopping.Token), CancellationToken.None));
    }

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>Hands the leaderships over before anything of the host stops, and serves meanwhile.</summary>
    public async Task StoppingAsync(CancellationToken cancellationToken)
    {
        if (readiness.IsReady)
        {
            readiness.Set(false, "handing leaderships over");
            await shutdown.RunAsync(replicas.BrokerEpoch, cancellationToken);
        }
    }

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        readiness.Set(false, "stopping");
        await _stopping.CancelAsync();
        await (_background ?? _links).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (_directory is { } directory)
        {
            // A broker that never was ready may not have told anybody yet that its logs end too early.
            if (_background is not null)
            {
                TryWriteHighWatermarks(directory);
            }

            await replicas.StopAsync();
            await directory.CloseAsync();
        }

        readiness.Set(false, "stopped");
    }

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public void Dispose()
    {
        _stopping.Cancel();
        _directory?.Dispose();
    }

    private async Task FollowMetadataAsync(CancellationToken stopping)
    {
        var applied = ClusterImage.Empty;
        while (!stopping.IsCancellationRequested)
        {
            try
            {
                await metadata.WaitForVersionAsync(applied.Version + 1, stopping);
                applied = metadata.Current;
                await replicas.ApplyAsync(applied);
                await departed.RemoveAsync(applied);
            }
            catch (OperationCanceledException) when (stopping.IsCancellationRequested)
            {
                return;
            }
            catch (Exception exception)
            {
                LogApplyFailed(logger, exception);
            }
        }
    }

    private void TryWriteHighWatermarks(LogDirectory directory)
    {
        try
        {
            upkeep.WriteHighWatermarks(directory);
        }
        catch (IOException exception)
        {
            LogCheckpointFailed(logger, exception);
        }
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "New metadata could not be applied to the replicas here")]
    private static partial void LogApplyFailed(ILogger logger, Exception exception);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The high watermarks could not be written")]
    private static partial void LogCheckpointFailed(ILogger logger, Exception exception);
}
