using OrleansStreaming.Records.Ids;
using OrleansStreaming.Storage.Compaction;
using OrleansStreaming.Storage.Segments;

namespace OrleansStreaming.Storage.Logs;

public sealed partial class PartitionLog
{
    private long _cleanedTo;
    private int _isCompacting;
    private int _replacements;

    /// <summary>Called after a compaction, off the writer's turn.</summary>
    internal Action? Cleaned { get; init; }

    /// <summary>Everything before it has been compacted at least once.</summary>
    public Offset CleanedTo => new(Volatile.Read(ref _cleanedTo));

    /// <summary><c>cleanup.policy</c> contains <c>compact</c>.</summary>
    public bool IsCompacted => _options.CleanupCompact;

    /// <summary>The policy says so, and enough is dirty or has waited long enough.</summary>
    public bool IsCompactionDue(in LogDirtiness dirtiness)
    {
        var options = _options;
        return options.CleanupCompact
            && dirtiness.DirtyBytes > 0
            && (dirtiness.IsOverdue || dirtiness.Ratio > options.MinCleanableDirtyRatio);
    }

    /// <summary>What there is to compact below the last stable offset. Reads at most a header of each dirty segment; any thread.</summary>
    /// <exception cref="IOException">The disk does not give a header back.</exception>
    public LogDirtiness Dirtiness(Offset lastStable)
    {
        var options = _options;
        var state = _state;
        var now = _place.Now;
        var first = _cleanedTo is var cleaned && cleaned >= state.Start && cleaned <= state.End ? cleaned : state.Start;
        var bound = state.IndexOf(Math.Min(lastStable.Value, state.Active.BaseOffset));
        long clean = 0;
        long dirty = 0;
        var isOverdue = false;
        var count = 0;
        for (; count < bound; count++)
        {
            var segment = state.Segments[count];
            if (state.EndOffsetOf(count) <= first)
            {
                clean += segment.Size;
                continue;
            }

            if (options.MinCompactionLagMs > 0 && segment.LargestTimestamp > now - options.MinCompactionLagMs)
            {
                break;
            }

            dirty += segment.Size;
            isOverdue |= IsOverdue(segment, now, options);
        }

        var end = Math.Max(first, state.Segments[count].BaseOffset);
        return new LogDirtiness(new Offset(first), new Offset(end), clean, dirty, isOverdue);
    }

    /// <summary>
    /// Compacts what is dirty below the last stable offset: of each key only the last record stays, and a tombstone for
    /// <c>delete.retention.ms</c> more. Offsets and order stay as they are; the active segment is not touched. Appends and reads go
    /// on meanwhile; a read that has begun sees what was there before. One at a time; others are answered at once.
    /// </summary>
    /// <param name="lastStable">See <see cref="LastStable"/>: nothing that may yet change lies below it.</param>
    /// <exception cref="OperationCanceledException">The log is as it was, or compacted in part.</exception>
    public async Task<CompactionResult> CompactAsync(Offset lastStable, Cleaner cleaner, CancellationToken cancellationToken)
    {
        if (Interlocked.Exchange(ref _isCompacting, 1) != 0)
        {
            return CompactionRun.NothingToDo(CleanedTo);
        }

        try
        {
            using var run = new CompactionRun(this, cleaner, lastStable, cancellationToken);
            return await run.RunAsync();
        }
        finally
        {
            Volatile.Write(ref _isCompacting, 0);
        }
    }

    /// <summary>What to compact, its segments held open; null when there is nothing.</summary>
    internal CompactionScope? TakeForCompaction(Offset lastStable)
    {
        var dirtiness = Dirtiness(new Offset(Math.Min(lastStable.Value, FlushedTo.Value)));
        lock (_gate)
        {
            var state = _state;
            var count = state.IndexOf(dirtiness.End.Value);
            if (_isClosed || _syncFault is not null || dirtiness.DirtyBytes == 0
                || count == 0 || state.Segments[count].BaseOffset != dirtiness.End.Value)
            {
                return null;
            }

            var segments = state.Segments[..count];
            Array.ForEach(segments, x => x.TryAcquire());
            return new CompactionScope(
                _options,
                segments,
                dirtiness.FirstDirty.Value,
                dirtiness.End.Value,
                state.Truncations,
                [.. state.Segments.SelectMany(x => x.TransactionIndex.Entries).Where(x => x.FirstOffset < dirtiness.End.Value)],
                _epochs.Entries,
                new CompactionRules(_place.Now, _options.DeleteRetentionMs, dirtiness.End.Value, _producers.Tails()));
        }
    }

    /// <summary>An empty segment beside those of the log; null when the log is closed.</summary>
    internal Segment? BeginReplacement(Segment first, long createdAt)
    {
        lock (_gate)
        {
            return _isClosed ? null : SegmentSwap.Begin(_place.Device, _place.Directory, first.BaseOffset, createdAt);
        }
    }

    /// <summary>
    /// Puts a sealed, synced segment in the place of others; false when the log no longer is what it was when they were read, and
    /// nothing has happened.
    /// </summary>
    /// <exception cref="IOException">The disk refused: nothing has happened, or the log takes no more appends until reopened.</exception>
    internal bool TryReplace(Segment cleaned, Segment[] replaced, int truncations)
    {
        lock (_gate)
        {
            var state = _state;
            var first = Array.IndexOf(state.Segments, replaced[0]);
            if (_isClosed || _syncFault is not null || state.Truncations != truncations
                || first < 0 || first + replaced.Length >= state.Segments.Length
                || !state.Segments.AsSpan(first, replaced.Length).SequenceEqual(replaced))
            {
                return false;
            }

            Decide(cleaned);
            Publish(state with { Segments = [.. state.Segments[..first], cleaned, .. state.Segments[(first + replaced.Length)..]] });
            try
            {
                SegmentSwap.Finish(cleaned, replaced, ++_replacements);
                var newest = _snapshots.Newest;
                _snapshots.RemoveWhere(x => x != newest && Array.Exists(replaced, y => y.BaseOffset == x && y != replaced[0]));
            }
            catch (IOException e)
            {
                _syncFault = $"Files of '{_place.Directory}' could not be renamed, which the next start must finish: {e.Message}";
                throw;
            }
            finally
            {
                Retire(replaced);
            }

            return true;
        }
    }

    /// <summary>Removes what <see cref="BeginReplacement"/> made and <see cref="TryReplace"/> did not take.</summary>
    internal void DropReplacement(Segment cleaned)
    {
        lock (_gate)
        {
            if (Array.IndexOf(_state.Segments, cleaned) >= 0)
            {
                return;
            }

            cleaned.Release();
            if (_isClosed)
            {
                // The folder may be somebody else's by now; the next start removes what is left.
                return;
            }

            try
            {
                cleaned.DeleteFiles();
            }
            catch (IOException)
            {
                // Nothing depends on the files: the next compaction or the next start removes them.
            }
        }
    }

    private void Decide(Segment cleaned)
    {
        try
        {
            SegmentSwap.Decide(_place.Device, _place.Directory, cleaned);
        }
        catch (IOException)
        {
            try
            {
                SegmentSwap.Undo(_place.Device, _place.Directory, cleaned);
            }
            catch (IOException e)
            {
                _syncFault = $"Files in '{_place.Directory}' that must be gone before its next start cannot be removed: {e.Message}";
            }

            throw;
        }
    }

    /// <summary>Notes that everything before the offset is compacted, unless the log was truncated since.</summary>
    internal void EndCompaction(long cleanedTo, int truncations)
    {
        lock (_gate)
        {
            if (_isClosed || _state.Truncations != truncations)
            {
                return;
            }

            Volatile.Write(ref _cleanedTo, cleanedTo);
        }

        Cleaned?.Invoke();
    }

    private static bool IsOverdue(Segment segment, long now, LogOptions options) =>
        options.MaxCompactionLagMs != long.MaxValue
        && segment.ReadFirstTimestamp() is > 0 and var first
        && first < now - options.MaxCompactionLagMs;
}
