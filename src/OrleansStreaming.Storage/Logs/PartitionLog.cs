using OrleansStreaming.Records.Ids;
using OrleansStreaming.Storage.Epochs;
using OrleansStreaming.Storage.Producers;
using OrleansStreaming.Storage.Segments;

namespace OrleansStreaming.Storage.Logs;

/// <summary>
/// The segmented log of one replica. One writer at a time (the replica's grain turn); <see cref="Read"/>, the look-ups and the
/// offset properties may run beside it on any thread.
/// </summary>
public sealed partial class PartitionLog : IDisposable
{
    private readonly LogPlace _place;

    // The writer's turn already keeps writers apart; the gate is for the flush, the checkpoints and the shutdown beside it.
    private readonly Lock _gate = new();
    private readonly LeaderEpochHistory _epochs;
    private readonly ProducerStates _producers;
    private readonly SnapshotFiles _snapshots;
    private volatile LogOptions _options;
    private volatile LogState _state;
    private volatile bool _isClosed;

    internal PartitionLog(LogPlace place, LogOptions options, LoadedLog loaded, long cleanedTo)
    {
        _place = place;
        _options = options;
        _state = loaded.State;
        _epochs = loaded.Epochs;
        _producers = loaded.Producers;
        _snapshots = loaded.Snapshots;
        _areEpochsDirty = loaded.AreEpochsDirty;
        _isDirectoryDirty = loaded.AreNamesUnsynced;
        _flushedTo = loaded.FlushedTo;
        _cleanedTo = cleanedTo <= loaded.State.End ? cleanedTo : 0;
        _lastFlush = place.Now;
        _commits = new GroupCommit(Sync, place.Background);
        _removals = new DelayedRemoval(place.Time);
        Recovery = loaded.Recovery;
    }

    public TopicPartition Partition => _place.Partition;

    public TopicId TopicId => _place.TopicId;

    public Offset LogStart => new(_state.Start);

    public Offset LogEnd => new(_state.End);

    /// <summary>Everything before it has been synced.</summary>
    public Offset FlushedTo => new(Volatile.Read(ref _flushedTo));

    /// <summary>One past the last offset that no open transaction can still hide; the log end without transactions.</summary>
    public Offset FirstUnstable
    {
        get
        {
            var state = _state;
            return new(Math.Clamp(_producers.Transactions.FirstOpen ?? state.End, state.Start, state.End));
        }
    }

    public LeaderEpoch LatestEpoch => new(_epochs.LatestEpoch);

    public long SizeInBytes
    {
        get
        {
            var state = _state;
            long size = state.EndPosition;
            foreach (var segment in state.Segments.AsSpan(..^1))
            {
                size += segment.Size;
            }

            return size;
        }
    }

    /// <summary>What recovery did when the log was opened; null when its last shutdown was clean.</summary>
    public LogRecovery? Recovery { get; }

    /// <summary>New limits, from the next append on.</summary>
    public void Configure(LogOptions options) => _options = options;

    /// <summary>
    /// The last stable offset for a high watermark: what a read_committed reader may see. Also below a transaction that has ended
    /// but whose marker is not committed, because a new leader may not have it.
    /// </summary>
    public Offset LastStable(Offset highWatermark)
    {
        var state = _state;
        var bounded = Math.Min(highWatermark.Value, state.End);
        return new(Math.Max(Math.Min(state.Start, bounded), _producers.Transactions.LastStable(bounded)));
    }

    internal bool IsClosed => _isClosed;

    /// <summary>
    /// Gives the files back without syncing them: the next open recovers the log as after a crash. Waits for a sync that runs.
    /// </summary>
    public void Dispose()
    {
        lock (_syncGate)
        lock (_gate)
        {
            if (_isClosed)
            {
                return;
            }

            _isClosed = true;
            _removals.Dispose();
            foreach (var segment in _state.Segments)
            {
                segment.Release();
            }
        }
    }

    /// <summary>Syncs everything, writes indexes and producer state, and closes; false when the next open must recover the log.</summary>
    internal async Task<bool> CloseAsync()
    {
        var isClean = await TryCloseCleanAsync();
        Dispose();
        return isClean;
    }

    private async Task<bool> TryCloseCleanAsync()
    {
        try
        {
            await FlushAsync();
            lock (_gate)
            {
                if (_isClosed || _syncFault is not null)
                {
                    return false;
                }

                CutFailedWrite();
                if (!_state.Active.IsSynced)
                {
                    _state.Active.Seal();
                    _state.Active.SyncAll();
                    _place.Device.FlushDirectory(_place.Directory);
                }

                if (_producers.EndOffset > _state.Start)
                {
                    _snapshots.Write(_producers, sync: true);
                }

                return true;
            }
        }
        catch (IOException)
        {
            return false;
        }
    }

    private void Publish(LogState state) => _state = state;
}
