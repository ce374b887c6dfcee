using OrleansStreaming.Contracts.Replication;
using OrleansStreaming.Records.Ids;

namespace OrleansStreaming.Replication.Partitions;

/// <summary>
/// What a leader has decided to send a follower, and the ticket under which the answer is taken. The records, if any are
/// wanted, are read by the caller from <see cref="PreviousOffset"/> on, whole batches, before the leader's epoch may end.
/// </summary>
/// <param name="Ticket">Never the same twice in one machine.</param>
/// <param name="WantsRecords">False: the part is sent without records.</param>
public sealed record PartPlan(
    BrokerId Follower,
    long Ticket,
    LeaderEpoch LeaderEpoch,
    Offset PreviousOffset,
    LeaderEpoch PreviousEpoch,
    Offset HighWatermark,
    Offset LogStart,
    bool WantsRecords)
{
    /// <summary>See <see cref="ReplicatePart.CutEpoch"/>.</summary>
    public LeaderEpoch CutEpoch { get; init; } = LeaderEpoch.None;

    /// <summary>See <see cref="ReplicatePart.CutOffset"/>.</summary>
    public Offset CutOffset { get; init; } = Offset.None;

    /// <summary>See <see cref="ReplicatePart.StartAnew"/>.</summary>
    public bool StartAnew { get; init; }

    /// <summary>See <see cref="ReplicatePart.MayDrop"/>.</summary>
    public bool MayDrop { get; init; }

    /// <summary>The message for it.</summary>
    public ReplicatePart ToPart(TopicPartition partition, TopicId topic, ReadOnlyMemory<byte> records) => new()
    {
        Topic = partition.Topic,
        Partition = partition.Partition,
        TopicId = topic,
        LeaderEpoch = LeaderEpoch,
        PreviousOffset = PreviousOffset,
        PreviousEpoch = PreviousEpoch,
        HighWatermark = HighWatermark,
        LogStart = LogStart,
        Records = records,
        CutEpoch = CutEpoch,
        CutOffset = CutOffset,
        StartAnew = StartAnew,
        MayDrop = MayDrop,
    };
}
