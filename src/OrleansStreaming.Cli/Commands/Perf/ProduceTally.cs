using OrleansStreaming.Cli.Clusters;
using OrleansStreaming.Cli.Measuring;

namespace OrleansStreaming.Cli.Commands.Perf;

/// <summary>Counts what became of records, and how long it took. Adding is for one thread.</summary>
internal sealed class ProduceTally(TimeProvider time)
{
    private readonly TaskCompletionSource _all = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private long _open = 1; // the one that CompleteAsync ends
    private long _failed;
    private string? _firstError;

    public LatencyHistogram Latencies { get; } = new();

    public long Succeeded => Latencies.Count;

    public long Failed => Volatile.Read(ref _failed);

    public string? FirstError => Volatile.Read(ref _firstError);

    /// <param name="intended">When it was to be sent, in the clock's timestamps.</param>
    public void Add(Task<RecordPlace> acknowledgement, long intended)
    {
        Interlocked.Increment(ref _open);
        _ = ObserveAsync(acknowledgement, intended);
    }

    /// <summary>Completes when every outcome is known. Called once, after the last record.</summary>
    public Task CompleteAsync()
    {
        End();
        return _all.Task;
    }

    private async Task ObserveAsync(Task<RecordPlace> acknowledgement, long intended)
    {
        try
        {
            await acknowledgement.ConfigureAwait(false);
            Latencies.Record(time.GetElapsedTime(intended));
        }
        catch (Exception failure)
        {
            Interlocked.Increment(ref _failed);
            Interlocked.CompareExchange(ref _firstError, failure.Message, null);
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
