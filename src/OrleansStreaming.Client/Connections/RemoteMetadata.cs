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

    private readonly Lock _gate = new();
    private readonly CancellationTokenSource _stopping = new();
    private TaskCompletionSource _moved = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile ClusterImage _current = ClusterImage.Empty;
    private bool _isTailing;

    public ClusterImage Current => _current;

    public async Task WaitForVersionAsync(long version, CancellationToken cancellationToken)
    {
        while (true)
        {
            Task moved;
            lock (_gate)
            {
                if (_current.Version >= version)
                {
                    return;
                }

                if (!_isTailing && !_stopping.IsCancellationRequested)
                {
                    _isTailing = true;
                    _ = Task.Run(() => TailAsync(_stopping.Token), CancellationToken.None);
                }

                moved = _moved.Task;
            }

            await moved.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    public void Dispose() => _stopping.Cancel();

    private async Task TailAsync(CancellationToken stopping)
    {
        while (!stopping.IsCancellationRequested)
        {
            var isNew = false;
            try
            {
                var update = await grains.GetGrain<IControllerGrain>(IControllerGrain.Key).Tail(_current.Version).WaitAsync(stopping).ConfigureAwait(false);
                isNew = TryAdvance(update);
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

    private bool TryAdvance(MetadataUpdate update)
    {
        TaskCompletionSource moved;
        lock (_gate)
        {
            var next = ClusterImages.Apply(_current, update);
            if (ReferenceEquals(next, _current))
            {
                return false;
            }

            _current = next;
            moved = _moved;
            _moved = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        }

        moved.SetResult();
        return true;
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "The cluster's metadata cannot be read, the last known stays in use: {Reason}")]
    private static partial void LogTailFailed(ILogger logger, string reason);
}
