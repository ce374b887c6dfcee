using OrleansStreaming.Records.Errors;
using OrleansStreaming.Records.Ids;

namespace OrleansStreaming.Replication.Replicas;

internal sealed partial class LocalReplica
{
    private readonly ITimer _flushTimer;
    private bool _isFlushTimerArmed;

    /// <summary>Syncs the log and counts what is synced. Callers that come together share one sync. Any thread.</summary>
    public async Task<ErrorCode> FlushAsync()
    {
        var error = ErrorCode.None;
        try
        {
            await _log.FlushAsync().ConfigureAwait(false);
        }
        catch (IOException)
        {
            // The log says why in its write fault and takes no more appends.
            error = ErrorCode.KafkaStorageError;
        }

        lock (_gate)
        {
            if (error == ErrorCode.None)
            {
                _machine.OnDurable(_peers.Now);
                Settle();
                Push();
            }
            else
            {
                Fail(error);
                AskToResign(error);
            }
        }

        _waiters.Signal();
        return error;
    }

    /// <summary>Deletes what retention no longer keeps; answers how many segments.</summary>
    public int ApplyRetention()
    {
        int deleted;
        lock (_gate)
        {
            deleted = _log.ApplyRetention(_machine.HighWatermark);
            if (deleted == 0)
            {
                return 0;
            }

            OnLogStartMoved();
        }

        _waiters.Signal();
        return deleted;
    }

    private void OnLogStartMoved()
    {
        _machine.OnLogStartMoved(_peers.Now);
        _status = Look();
        Push();
    }

    /// <summary>Syncs what is appended now within <c>flush.ms</c>, also when nothing is appended after it. Under the gate.</summary>
    private void ArmFlushTimer()
    {
        var delay = _options.Log.FlushMs;
        if (delay == long.MaxValue || _isFlushTimerArmed)
        {
            return;
        }

        _isFlushTimerArmed = true;
        _flushTimer.Change(TimeSpan.FromMilliseconds(Math.Min(delay, int.MaxValue)), Timeout.InfiniteTimeSpan);
    }

    private void OnFlushTimer()
    {
        lock (_gate)
        {
            _isFlushTimerArmed = false;
        }

        _ = FlushAsync();
    }
}
