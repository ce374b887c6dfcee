using OrleansStreaming.Records.Ids;

namespace OrleansStreaming.Storage.Logs;

/// <summary>How much a compaction of a log could do.</summary>
/// <param name="FirstDirty">Where what was never compacted begins.</param>
/// <param name="End">Where what may be compacted ends, at the beginning of a segment.</param>
/// <param name="CleanBytes">Of the segments before the first dirty offset.</param>
/// <param name="DirtyBytes">Of the segments between the two.</param>
/// <param name="IsOverdue">A dirty record has waited for longer than <c>max.compaction.lag.ms</c>.</param>
public readonly record struct LogDirtiness(Offset FirstDirty, Offset End, long CleanBytes, long DirtyBytes, bool IsOverdue)
{
    /// <summary>Dirty bytes to all that a compaction would go through; 0 to 1.</summary>
    public double Ratio => DirtyBytes == 0 ? 0 : (double)DirtyBytes / (CleanBytes + DirtyBytes);
}
