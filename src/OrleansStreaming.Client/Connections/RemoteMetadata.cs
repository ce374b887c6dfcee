using Microsoft.Extensions.Logging;
using Orleans;
using OrleansStreaming.Contracts.Cluster;

namespace OrleansStreaming.Client.Connections;

/// <summary>
/// The picture of the cluster outside of a silo: asks the controller again and again for what is new, from the first use until
/// disposed, and keeps the last picture while nobody answers.
/// </summary>
internal sealed partial class RemoteMetadata(IGrainFactory grains, TimeProvider time, ILogger logger) : IClusterMetadata, IDisposable
{
    private static readonly TimeSpan _retryDelay = TimeSpan.FromMilliseconds(200);

    private readonly LatestImage _latest = new();
    private readonly CancellationTokenSource _stopping = new();
    private int _isTailing;

    public ClusterImage Current => _latest.Current;

    public Task WaitForVersionAsync(long version, CancellationToken cancellationToken)
    {
        if (Current.Version < version && !_stopping.IsCancellationRequested && Interlocked.Exchange(ref _isTailing, 1) == 0)
        {
            _ = Task.Run(() => TailAsync(_stopping.Token), CancellationToken.None);
        }

        return _latest.WaitForVersionAsync(version, cancellationToken);
    }

    public void Dispose() => _stopping.Cancel();

    private async Task TailAsync(CancellationToken stopping)
    {
        while (!stopping.IsCancellationRequested)
        {
            var isNew = false;
            try
            {
                var update = await grains.GetGrain<IControllerGrain>(IControllerGrain.Key).Tail(Current.Version).WaitAsync(stopping).ConfigureAwait(false);
                isNew = _latest.TryAdvance(update);
            }
            catch (OperationCanceledException) when (stopping.IsCancellationRequested)
            {
                return;
            }
            catch (Exception failure)
            {
                LogTailFailed(logger, failure.Message);
            }

            if (!isNew)
            {
                // A controller whose silo stops answers at once.
                await Task.Delay(_retryDelay, time, stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "The cluster's metadata cannot be read, the last known stays in use: {Reason}")]
    private static partial void LogTailFailed(ILogger logger, string reason);
}
