using OrleansStreaming.Contracts.Replication;
using OrleansStreaming.Records.Errors;
using OrleansStreaming.Records.Ids;

namespace OrleansStreaming.Replication.Partitions;

/// <summary>
/// What a replica's decisions need of its log. The real one is a segmented log, the simulation's lies in memory. One caller at
/// a time. The changing members throw <see cref="IOException"/> when the disk refuses.
/// </summary>
public interface IReplicaLog
{
    Offset LogStart { get; }

    Offset LogEnd { get; }

    /// <summary>
    /// Everything before it is as durable as the topic asks: the log end, but where a sync is due, what is synced.
    /// </summary>
    Offset DurableEnd { get; }

    /// <summary>The newest epoch known to the log, also one that began at the end without a record yet; none without any.</summary>
    LeaderEpoch LatestEpoch { get; }

    /// <summary>The epoch of the last record: the newest one that began before the end. None on a log without records.</summary>
    LeaderEpoch LastEpoch { get; }

    /// <summary>
    /// The largest known epoch not above the one asked for and one past its last offset; (-1, -1) when that cannot be said. An
    /// epoch older than all that is known ends where the known ones begin.
    /// </summary>
    EpochEnd EndOffsetFor(LeaderEpoch epoch);

    /// <summary>A leader's term begins at the log end.</summary>
    void BeginEpoch(LeaderEpoch epoch);

    /// <summary>
    /// Appends whole batches that follow the log end and carry their offsets and epochs. A refusal (CORRUPT_MESSAGE,
    /// KAFKA_STORAGE_ERROR, …) leaves the log as it was or with the batches before the bad one.
    /// </summary>
    ErrorCode AppendAsFollower(ReadOnlyMemory<byte> batches);

    /// <summary>Removes every batch that ends at or after the offset.</summary>
    void TruncateTo(Offset offset);

    /// <summary>Removes everything; the next record gets the offset.</summary>
    void TruncateFullyAndStartAt(Offset offset);

    /// <summary>
    /// How far it can be read from its start: the log end, or where the first damage that was found begins; and the epoch of the last
    /// record before, none without any.
    /// </summary>
    EpochEnd SoundEnd { get; }

    /// <summary>Damage was found and is still there.</summary>
    bool IsDamaged { get; }

    /// <summary>Removes everything from the first damage on, which may be below the high watermark.</summary>
    void DropDamaged();

    /// <summary>Forward only, at most to the log end.</summary>
    void AdvanceLogStart(Offset offset);
}
