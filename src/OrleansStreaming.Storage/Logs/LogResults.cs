using OrleansStreaming.Records.Errors;
using OrleansStreaming.Records.Ids;
using OrleansStreaming.Records.Sources;

namespace OrleansStreaming.Storage.Logs;

/// <summary>What became of an append. A refusal changes nothing.</summary>
public readonly record struct LogAppendResult(
    ErrorCode Error,
    string? ErrorMessage,
    Offset BaseOffset,
    Offset EndOffset,
    long LogAppendTime,
    bool IsDuplicate,
    IReadOnlyList<(int Index, string Message)> RecordErrors);

/// <summary>What a read found. Dispose <paramref name="Records"/> after use: it keeps its segment's file open.</summary>
public readonly record struct LogReadResult(ErrorCode Error, RecordSource Records)
{
    /// <summary>With CORRUPT_MESSAGE: the first damage in the log.</summary>
    public LogCorruption? Corruption { get; init; }
}

/// <summary>A record's timestamp, offset and epoch.</summary>
public readonly record struct LogTimestamp(long Timestamp, Offset Offset, LeaderEpoch Epoch);

/// <summary>What the log remembers of a producer id. -1 stands for no sequence, timestamp, coordinator or open transaction.</summary>
public readonly record struct LogProducer(
    ProducerId Id, short Epoch, int LastSequence, long LastTimestamp, int CoordinatorEpoch, Offset TransactionFirst);

/// <summary>An aborted transaction: its producer, its first record and its abort marker.</summary>
public readonly record struct LogAbortedTransaction(ProducerId ProducerId, Offset First, Offset Last);
