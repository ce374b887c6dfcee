using OrleansStreaming.Cli.Clusters;

namespace OrleansStreaming.Cli.Commands.Data;

/// <summary>Records on their way, of which only the first failure matters. Adding is for one thread.</summary>
internal sealed class Deliveries
{
    private readonly TaskCompletionSource<Exception> _failure = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _all = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private long _open = 1; // the one that CompleteAsync ends

    public long Count { get; private set; }

    public long Bytes { get; private set; }

    public void Add(Task<RecordPlace> acknowledgement, int bytes)
    {
        Count++;
        Bytes += bytes;
        Interlocked.Increment(ref _open);
        _ = ObserveAsync(acknowledgement);
    }

    /// <summary>Ends a long input at its first refused record.</summary>
    public void ThrowIfFailed()
    {
        if (_failure.Task.IsCompleted)
        {
            System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(_failure.Task.Result);
        }
    }

    /// <summary>Completes when every outcome is known. Called once, after the last record.</summary>
    public async Task CompleteAsync()
    {
        End();
        await _all.Task.ConfigureAwait(false);
        ThrowIfFailed();
    }

    private async Task ObserveAsync(Task<RecordPlace> acknowledgement)
    {
        try
        {
            await acknowledgement.ConfigureAwait(false);
        }
        catch (Exception failure)
        {
            _failure.TrySetResult(failure);
        }

        End();
    }

    private void End()
    {
        if (Interlocked.Decrement(ref _open) == 0)
        {
            _all.SetResult();
        }
    }
}
