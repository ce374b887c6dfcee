using OrleansStreaming.Records.Ids;
using OrleansStreaming.Storage.Epochs;
using OrleansStreaming.Storage.Segments;

namespace OrleansStreaming.Storage.Logs;

public sealed partial class PartitionLog
{
    private readonly GroupCommit _commits;

    // Held while files of the folder are synced or written in the background: whoever closes the log may then rename it.
    private readonly Lock _syncGate = new();
    private long _flushedTo;
    private long _lastFlush;
    private bool _areEpochsDirty;
    private bool _isDirectoryDirty;

    // After a failed fsync the kernel may have dropped the dirty pages and call the next fsync a success: no second try.
    private volatile string? _syncFault;

    /// <summary>True when <c>flush.messages</c> or <c>flush.ms</c> ask for a sync now.</summary>
    public bool IsFlushDue
    {
        get
        {
            var unflushed = _state.End - Volatile.Read(ref _flushedTo);
            var options = _options;
            return unflushed > 0
                && (unflushed >= options.FlushMessages
                    || (options.FlushMs != long.MaxValue && _place.Now - Volatile.Read(ref _lastFlush) >= options.FlushMs));
        }
    }

    /// <summary>Everything before it is as durable as the topic asks: the log end, but while a sync is due, what is synced.</summary>
    public Offset DurableEnd
    {
        get
        {
            // The end first: what is appended in between may make a sync due, but was not counted.
            var end = _state.End;
            return new(IsFlushDue ? Math.Min(end, Volatile.Read(ref _flushedTo)) : end);
        }
    }

    /// <summary>
    /// Completes when everything appended before the call is synced; callers that come together share one fsync. Runs on another
    /// thread.
    /// </summary>
    /// <exception cref="IOException">
    /// The sync failed: nothing after <see cref="FlushedTo"/> can be relied on, and the log takes no more appends until reopened.
    /// </exception>
    public Task FlushAsync()
    {
        lock (_gate)
        {
            if (!NeedsSync())
            {
                return Task.CompletedTask;
            }
        }

        return _commits.Request();
    }

    private bool NeedsSync() =>
        _state.End != _flushedTo || _areEpochsDirty || _isDirectoryDirty || _syncFault is not null
        || Array.Exists(_state.Segments, x => !x.IsSynced && x != _state.Active);

    private void FlushInBackground() =>
        _commits.Request().ContinueWith(
            static x => _ = x.Exception,
            CancellationToken.None,
            TaskContinuationOptions.OnlyOnFaulted | TaskContinuationOptions.ExecuteSynchronously,
            TaskScheduler.Default);

    private void Sync()
    {
        lock (_syncGate)
        {
            while (!TrySync())
            {
            }
        }
    }

    /// <summary>False when the log was truncated meanwhile, so that what was synced is no longer what is there.</summary>
    private bool TrySync()
    {
        LogState state;
        EpochEntry[]? epochs;
        bool isDirectoryDirty;
        List<Segment> segments;
        lock (_gate)
        {
            if (_syncFault is { } fault)
            {
                throw new IOException(fault);
            }

            if (_isClosed)
            {
                throw new IOException($"The log '{_place.Directory}' is closed.");
            }

            state = _state;
            epochs = _areEpochsDirty ? _epochs.Entries : null;
            isDirectoryDirty = _isDirectoryDirty;
            _areEpochsDirty = false;
            _isDirectoryDirty = false;
            segments = [.. state.Segments.Where(x => (x == state.Active || !x.IsSynced) && x.TryAcquire())];
        }

        try
        {
            // The epochs first: a synced batch of an epoch that the history has forgotten would mislead the next reconciliation.
            if (epochs is not null)
            {
                LeaderEpochCheckpoint.Write(_place.Device, _place.Directory, epochs);
            }

            SyncFiles(segments, state.Active, isDirectoryDirty);
        }
        catch (IOException)
        {
            lock (_gate)
            {
                _areEpochsDirty |= epochs is not null;
                _isDirectoryDirty |= isDirectoryDirty;
            }

            throw;
        }
        finally
        {
            segments.ForEach(x => x.Release());
        }

        return TryFinishSync(state, segments);
    }

    private void SyncFiles(List<Segment> segments, Segment active, bool isDirectoryDirty)
    {
        try
        {
            foreach (var segment in segments)
            {
                if (segment == active)
                {
                    segment.Log.Get().Flush();
                }
                else
                {
                    segment.SyncAll();
                }
            }

            if (isDirectoryDirty)
            {
                _place.Device.FlushDirectory(_place.Directory);
                _place.Device.FlushDirectory(Path.GetDirectoryName(_place.Directory)!);
            }
        }
        catch (IOException e)
        {
            _syncFault = $"Syncing '{_place.Directory}' failed, and what it holds is uncertain until it is reopened: {e.Message}";
            throw;
        }
    }

    private bool TryFinishSync(LogState synced, List<Segment> segments)
    {
        lock (_gate)
        {
            if (_state.Truncations != synced.Truncations)
            {
                return false;
            }

            foreach (var segment in segments)
            {
                segment.IsSynced |= segment != synced.Active;
            }

            Volatile.Write(ref _flushedTo, Math.Max(_flushedTo, synced.End));
            Volatile.Write(ref _lastFlush, _place.Now);
            return true;
        }
    }
}
