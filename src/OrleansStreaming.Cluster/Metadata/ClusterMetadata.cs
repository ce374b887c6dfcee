using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Orleans;
using OrleansStreaming.Contracts.Cluster;

namespace OrleansStreaming.Cluster.Metadata;

/// <summary>
/// This broker's picture of the cluster, kept by asking the controller again and again for what is new. It starts with the
/// host, or earlier when somebody waits for it, and answers from the last picture while the controller is away.
/// </summary>
internal sealed partial class ClusterMetadata(IGrainFactory grains, TimeProvider time, ILogger<ClusterMetadata> logger)
    : IClusterMetadata, IHostedService, IDisposable
{
    /// <summary>The controller may have died with its silo: the next question begins it elsewhere, so it should come soon.</summary>
    private static readonly TimeSpan _retryDelay = TimeSpan.FromMilliseconds(100);

    /// <summary>A controller whose silo stops answers at once; asking again at once would keep it busy.</summary>
    private static readonly TimeSpan _idleDelay = TimeSpan.FromMilliseconds(50);

    private readonly LatestImage _latest = new();
    private readonly Lock _gate = new();
    private readonly CancellationTokenSource _stopping = new();
    private Task? _tailing;

    public ClusterImage Current => _latest.Current;

    public Task WaitForVersionAsync(long version, CancellationToken cancellationToken)
    {
        EnsureTailing();
        return _latest.WaitForVersionAsync(version, cancellationToken);
    }

    public Task StartAsync(CancellationToken cancellationToken)
    {
        EnsureTailing();
        return Task.CompletedTask;
    }

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        await _stopping.CancelAsync().ConfigureAwait(false);
        Task? tailing;
        lock (_gate)
        {
            tailing = _tailing;
        }

        if (tailing is not null)
        {
            await tailing.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    public void Dispose() => _stopping.Dispose();

    private void EnsureTailing()
    {
        lock (_gate)
        {
            _tailing ??= Task.Run(() => TailAsync(_stopping.Token));
        }
    }

    private async Task TailAsync(CancellationToken stopping)
    {
        var isAnswered = true;
        while (!stopping.IsCancellationRequested)
        {
            try
            {
                var controller = grains.GetGrain<IControllerGrain>(IControllerGrain.Key);
                var update = await controller.Tail(Current.Version).WaitAsync(stopping).ConfigureAwait(false);
                isAnswered = true;
                if (!_latest.TryAdvance(update))
                {
                    await Task.Delay(_idleDelay, time, stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                }
            }
            catch (OperationCanceledException) when (stopping.IsCancellationRequested)
            {
                return;
            }
            catch (Exception exception)
            {
                if (isAnswered)
                {
                    LogTailFailed(logger, exception);
                }

                isAnswered = false;
                await Task.Delay(_retryDelay, time, stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Metadata cannot be read from the controller; the last known metadata stays in use")]
    private static partial void LogTailFailed(ILogger logger, Exception exception);
}
