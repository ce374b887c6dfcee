using OrleansStreaming.Records.Ids;

namespace OrleansStreaming.Storage.Compaction;

/// <summary>How a compaction ended.</summary>
public enum CompactionOutcome
{
    /// <summary>There is nothing to compact, or the log is compacted by somebody else right now.</summary>
    NothingToDo,

    Cleaned,

    /// <summary>The log was truncated, shortened by retention or closed meanwhile; the next one begins anew.</summary>
    Superseded,

    /// <summary>Damaged bytes: the log stays as it is, and its corruption is marked.</summary>
    Damaged,

    /// <summary>Records cannot be read here, or one batch has more keys than fit into the memory for keys.</summary>
    Unsupported,

    /// <summary>The disk refused, for example because it is full; the log is as it was, or compacted in part.</summary>
    Failed,
}

/// <summary>What a compaction did.</summary>
/// <param name="Message">Why it did not end as it should; null when it did.</param>
/// <param name="CleanedTo">The log is compacted below this offset.</param>
/// <param name="BytesRead">Of both passes.</param>
public sealed record CompactionResult(
    CompactionOutcome Outcome,
    string? Message,
    Offset CleanedTo,
    long BytesRead,
    long BytesWritten,
    long RecordsRead,
    long RecordsKept);
