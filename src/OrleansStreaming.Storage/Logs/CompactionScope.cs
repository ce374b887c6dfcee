using OrleansStreaming.Storage.Compaction;
using OrleansStreaming.Storage.Epochs;
using OrleansStreaming.Storage.Indexes;
using OrleansStreaming.Storage.Segments;

namespace OrleansStreaming.Storage.Logs;

/// <summary>What one compaction works on; whoever takes it releases the segments.</summary>
/// <param name="Segments">All from the log's first one to the last that may be compacted, acquired.</param>
/// <param name="FirstDirty">Where what was never compacted begins.</param>
/// <param name="End">No offset in the segments is at or above it.</param>
/// <param name="Truncations">Of the log's state that the segments are from.</param>
/// <param name="Aborted">Aborted transactions with records in the segments; their markers may lie behind them.</param>
/// <param name="Epochs">The log's epoch history.</param>
internal sealed record CompactionScope(
    LogOptions Options,
    Segment[] Segments,
    long FirstDirty,
    long End,
    int Truncations,
    AbortedTransactionEntry[] Aborted,
    EpochEntry[] Epochs,
    CompactionRules Rules)
{
    /// <summary>The first offset that cannot be in the segment.</summary>
    public long EndOf(Segment segment)
    {
        var next = Array.IndexOf(Segments, segment) + 1;
        return next < Segments.Length ? Segments[next].BaseOffset : End;
    }

    public BatchOrder OrderOf(Segment segment) => new(segment.BaseOffset, EndOf(segment), Epochs);
}
