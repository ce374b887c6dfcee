using OrleansStreaming.Records.Batches;
using OrleansStreaming.Storage.Indexes;
using OrleansStreaming.Storage.Segments;

namespace OrleansStreaming.Storage.Logs;

public sealed partial class PartitionLog
{
    /// <summary>Only closed segments are compacted, so the longest compaction lag is a limit for the active one too.</summary>
    private static long MaxSegmentMs(LogOptions options) =>
        options.CleanupCompact ? Math.Min(options.SegmentMs, options.MaxCompactionLagMs) : options.SegmentMs;

    /// <summary>Whether the batch needs a new segment, when <paramref name="pending"/> bytes still go into the active one.</summary>
    private bool ShouldRoll(in BatchHeader header, long pending, long bytes, LogOptions options)
    {
        var active = _state.Active;
        if (header.LastOffset - active.BaseOffset > int.MaxValue)
        {
            return true;
        }

        if (active.Size + pending == 0)
        {
            return false;
        }

        active.FindFirstTimestamp();
        return active.Size + pending > options.SegmentBytes - bytes
            || WaitedFor(active, header.MaxTimestamp) > MaxSegmentMs(options) - JitterOf(active, options)
            || active.OffsetIndex.Count >= options.SegmentIndexBytes / OffsetIndex.EntrySize
            || active.TimeIndex.Count >= (options.SegmentIndexBytes / TimeIndex.EntrySize) - 1;
    }

    private void Roll(in BatchHeader header, long bytes, LogOptions options)
    {
        if (!ShouldRoll(header, 0, bytes, options))
        {
            return;
        }

        // Compaction may have left a gap that is wider than a segment can count: then the log's end moves over it.
        if (header.LastOffset - _state.End > int.MaxValue)
        {
            Publish(_state with { End = header.BaseOffset });
        }

        RollAt(_state.End);
    }

    /// <summary>Closes the active segment and goes on in a new one; the old one is synced in the background.</summary>
    private void RollAt(long baseOffset)
    {
        var state = _state;
        CutFailedWrite();
        state.Active.Seal();
        _snapshots.Write(_producers, sync: false);
        var next = CreateSegment(baseOffset);
        Publish(state with { Segments = [.. state.Segments, next], EndPosition = 0 });
        FlushInBackground();
    }

    private Segment CreateSegment(long baseOffset)
    {
        var segment = new Segment(_place.Device, _place.Directory, baseOffset, _place.Now);
        segment.Log.Get().SetLength(0);
        _isDirectoryDirty = true;
        return segment;
    }

    private long WaitedFor(Segment segment, long timestamp) =>
        segment.FirstTimestamp is { } first and >= 0 ? timestamp - first : _place.Now - segment.CreatedAt;

    /// <summary>
    /// Spreads the rolls of partitions that began together (<c>segment.jitter.ms</c>). Derived from what the segment is, so that it
    /// is the same after a restart and in a simulation.
    /// </summary>
    private long JitterOf(Segment segment, LogOptions options)
    {
        if (options.SegmentJitterMs <= 0)
        {
            return 0;
        }

        var hash = 14695981039346656037UL;
        foreach (var letter in Partition.Topic)
        {
            hash = (hash ^ letter) * 1099511628211UL;
        }

        hash = (hash ^ (uint)Partition.Partition) * 1099511628211UL;
        hash = (hash ^ (ulong)segment.BaseOffset) * 1099511628211UL;
        return (long)(hash % (ulong)Math.Min(options.SegmentJitterMs, MaxSegmentMs(options)));
    }
}
