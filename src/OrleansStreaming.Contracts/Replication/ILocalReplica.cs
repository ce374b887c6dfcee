using OrleansStreaming.Records.Ids;
using OrleansStreaming.Records.Sources;

namespace OrleansStreaming.Contracts.Replication;

/// <summary>The readable side of one replica on this broker. Every member may be called from any thread.</summary>
public interface ILocalReplica
{
    TopicPartition Partition { get; }

    TopicId TopicId { get; }

    /// <summary>One consistent picture of role and offsets.</summary>
    ReplicaStatus Status { get; }

    /// <summary>Bytes of all segments.</summary>
    long SizeInBytes { get; }

    /// <summary>
    /// Finds the batches from <paramref name="offset"/> on that a reader of this kind may see, up to
    /// <paramref name="maxBytes"/>; with <paramref name="atLeastOneBatch"/> the first batch is whole even when it is larger
    /// (KIP-74). Copies nothing: the bytes are read when the source is copied. At the end of what is visible, empty.
    /// Refusals: OFFSET_OUT_OF_RANGE, NOT_LEADER_OR_FOLLOWER, KAFKA_STORAGE_ERROR.
    /// </summary>
    ReplicaReadResult Read(Offset offset, int maxBytes, bool atLeastOneBatch, ReadIsolation isolation);

    /// <summary>
    /// The first record at or after the time, in milliseconds since 1970, and below what the isolation shows; null when none.
    /// </summary>
    TimestampedOffset? FindByTimestamp(long timestamp, ReadIsolation isolation);

    /// <summary>The record with the greatest timestamp; null on an empty log (KIP-734).</summary>
    TimestampedOffset? FindMaxTimestamp();

    /// <summary>The end offset of the largest epoch not above the one asked for; (-1, -1) when that cannot be said (KIP-320).</summary>
    EpochEnd EndOffsetFor(LeaderEpoch epoch);

    /// <summary>The epoch under which the record at this offset was, or will be, written; none on an empty history.</summary>
    LeaderEpoch EpochAt(Offset offset);

    /// <summary>The producer ids that are remembered, in no order. Waits for an append that runs.</summary>
    IReadOnlyList<ActiveProducer> Producers();

    /// <summary>
    /// Calls <see cref="IProgressWaiter.OnProgress"/> after each move of the log end, the high watermark, the last stable
    /// offset, or the leadership, until removed. Check <see cref="Status"/> again after adding: a move may have come between.
    /// </summary>
    void AddWaiter(IProgressWaiter waiter);

    void RemoveWaiter(IProgressWaiter waiter);
}

/// <summary>Someone who waits for a replica to move. Called on the appending thread: return at once, never block.</summary>
public interface IProgressWaiter
{
    void OnProgress();
}

/// <summary>What a reader may see.</summary>
public enum ReadIsolation : byte
{
    /// <summary>Up to the high watermark.</summary>
    ReadUncommitted = 0,

    /// <summary>Up to the last stable offset.</summary>
    ReadCommitted = 1,

    /// <summary>Up to the log end: replicas and tools only.</summary>
    LogEnd = 2,
}

/// <summary>Role and offsets of a replica at one moment. HighWatermark and LastStable never exceed LogEnd.</summary>
public sealed record ReplicaStatus(
    bool IsLeader,
    LeaderEpoch LeaderEpoch,
    Offset LogStart,
    Offset LastStable,
    Offset HighWatermark,
    Offset LogEnd,
    bool IsWritable)
{
    /// <summary>The leader of <see cref="LeaderEpoch"/>; none when there is none, or when it is unknown (KIP-951).</summary>
    public BrokerId Leader { get; init; } = BrokerId.None;
}

/// <summary>A record's offset, timestamp and leader epoch.</summary>
public readonly record struct TimestampedOffset(long Timestamp, Offset Offset, LeaderEpoch LeaderEpoch);

/// <summary>The epoch found and one past its last offset.</summary>
public readonly record struct EpochEnd(LeaderEpoch Epoch, Offset EndOffset);

/// <summary>An aborted transaction that a read_committed reader must skip; lists are sorted by first offset.</summary>
public readonly record struct AbortedTransaction(ProducerId ProducerId, Offset FirstOffset);
