using OrleansStreaming.Records.Ids;
using OrleansStreaming.Storage.Segments;

namespace OrleansStreaming.Storage.Logs;

public sealed partial class PartitionLog
{
    /// <summary>Called before a truncation: no checkpoint on disk may promise synced or deleted records above the offset.</summary>
    internal Action<TopicPartition, Offset>? Truncating { get; init; }

    /// <summary>
    /// The largest known epoch not above the one asked for and one past its last offset; (-1, -1) when that cannot be said
    /// (KIP-101, KIP-279, KIP-320).
    /// </summary>
    public (LeaderEpoch Epoch, Offset End) EndOffsetFor(LeaderEpoch epoch)
    {
        var (found, end) = _epochs.EndOffsetFor(epoch.Value, _state.End);
        return (new LeaderEpoch(found), new Offset(end));
    }

    /// <summary>The epoch under which the offset was, or will be, written; none before the first one known.</summary>
    public LeaderEpoch EpochAt(Offset offset) => new(_epochs.EpochAt(offset.Value));

    /// <summary>A new leader's term starts at the log end.</summary>
    public void BeginEpoch(LeaderEpoch epoch)
    {
        lock (_gate)
        {
            if (epoch.Value > _epochs.LatestEpoch)
            {
                _epochs.Assign(epoch.Value, _state.End);
                _areEpochsDirty = true;
            }
        }
    }

    /// <summary>
    /// Removes every batch that ends at or after the offset, and the epochs that began there. Open readers of removed batches get
    /// an <see cref="IOException"/>, never other bytes.
    /// </summary>
    /// <exception cref="IOException">The disk refused; the log is as it was or shorter.</exception>
    public void TruncateTo(Offset offset)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(offset.Value, nameof(offset));
        lock (_gate)
        {
            ThrowIfUnwritable();
            var state = _state;
            if (offset.Value < state.Segments[0].BaseOffset)
            {
                StartAnew(offset.Value);
            }
            else if (offset.Value < state.End)
            {
                Cut(state, offset.Value);
            }
            else
            {
                // An epoch may have begun at the end without a record yet.
                _areEpochsDirty |= _epochs.TruncateFromEnd(offset.Value);
            }
        }
    }

    /// <summary>Removes everything; the next record gets the offset.</summary>
    /// <exception cref="IOException">The disk refused.</exception>
    public void TruncateFullyAndStartAt(Offset offset)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(offset.Value, nameof(offset));
        lock (_gate)
        {
            ThrowIfUnwritable();
            StartAnew(offset.Value);
        }
    }

    private void Cut(LogState state, long offset)
    {
        var index = state.IndexOf(offset);
        var segment = state.Segments[index];
        var (position, end) = PlaceOfCut(segment, offset, state.EndOf(index));
        CutFailedWrite();
        LowerCheckpoints(end);

        // From the back, and durably: after a crash no old segment may stand behind what is written here next.
        var removed = state.Segments.AsSpan(index + 1);
        for (var i = removed.Length - 1; i >= 0; i--)
        {
            removed[i].MarkDeleted();
        }

        if (removed.Length > 0)
        {
            _place.Device.FlushDirectory(_place.Directory);
        }

        // The cut inside the segment becomes durable with the next flush, even when nothing is appended before it.
        _isDirectoryDirty = true;

        Publish(new LogState(
            state.Segments[..(index + 1)],
            Math.Min(state.Start, end),
            end,
            position,
            state.Truncations + 1));
        _areEpochsDirty |= _epochs.TruncateFromEnd(end);
        Retire(removed);
        _isTailDirty = true;
        try
        {
            segment.CutTo(offset, position, _place.Now);
            _isTailDirty = false;
        }
        finally
        {
            ForgetCorruption();
            ReloadProducers();
        }
    }

    /// <summary>Where the batch begins that holds the offset, or, before it, the first damaged one; and the log's end after the cut.</summary>
    private static (int Position, long End) PlaceOfCut(Segment segment, long offset, int end)
    {
        try
        {
            return segment.Locate(offset, end) is { } cut ? (cut.Position, Math.Min(offset, cut.BaseOffset)) : (end, offset);
        }
        catch (SegmentDamagedException damage)
        {
            return (damage.Position, Math.Min(offset, segment.FirstOffsetAt(damage.Position)));
        }
    }

    private void StartAnew(long offset)
    {
        var state = _state;
        LowerCheckpoints(offset);
        for (var i = state.Segments.Length - 1; i >= 0; i--)
        {
            state.Segments[i].MarkDeleted();
        }

        var segment = CreateSegment(offset);
        _place.Device.FlushDirectory(_place.Directory);
        Publish(new LogState([segment], offset, offset, 0, state.Truncations + 1));
        _isTailDirty = false;
        ForgetCorruption();
        Retire(state.Segments);
        _epochs.Clear();
        _areEpochsDirty = true;
        _snapshots.RemoveWhere(static _ => true);
        _producers.Clear(offset);
        Volatile.Write(ref _flushedTo, offset);
    }

    private void LowerCheckpoints(long offset)
    {
        Volatile.Write(ref _flushedTo, Math.Min(_flushedTo, offset));
        Volatile.Write(ref _cleanedTo, Math.Min(_cleanedTo, offset));
        Truncating?.Invoke(Partition, new Offset(offset));
    }

    private void ReloadProducers()
    {
        var state = _state;
        if (_producers.Entries.Count == 0)
        {
            _snapshots.RemoveWhere(x => x > state.End);
            _producers.EndOffset = state.End;
            return;
        }

        _snapshots.LoadNewest(_producers, state.Start, state.End, _place.Now, _options.ProducerIdExpirationMs);
        ProducerReplay.Run(state, _producers);
    }

    private void ThrowIfUnwritable()
    {
        if (Unwritable() is { ErrorMessage: var message })
        {
            throw new IOException(message);
        }
    }
}
