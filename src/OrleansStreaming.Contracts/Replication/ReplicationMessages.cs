using Orleans;
using OrleansStreaming.Records.Errors;
using OrleansStreaming.Records.Ids;

namespace OrleansStreaming.Contracts.Replication;

/// <summary>
/// What one broker's leaders have for another broker's followers: as many partitions as had something to say while the message
/// before was under way. A partition is in at most one message under way to the same broker.
/// </summary>
[GenerateSerializer, Immutable, Alias("OrleansStreaming.ReplicateRequest")]
public sealed class ReplicateRequest
{
    /// <summary>The broker of the leaders.</summary>
    [Id(0)] public required BrokerId From { get; init; }

    [Id(1)] public required ReplicatePart[] Parts { get; init; }
}

/// <summary>
/// One leader's word to one follower. It names the place where the follower's log must end (<see cref="PreviousOffset"/> and
/// the epoch of the record before it) for the records to be taken: the same check as Raft's AppendEntries, over Kafka's leader
/// epochs (KIP-101, KIP-279, KIP-320).
/// </summary>
[GenerateSerializer, Immutable, Alias("OrleansStreaming.ReplicatePart")]
public sealed class ReplicatePart
{
    [Id(0)] public required string Topic { get; init; }

    [Id(1)] public required int Partition { get; init; }

    [Id(2)] public required TopicId TopicId { get; init; }

    [Id(3)] public required LeaderEpoch LeaderEpoch { get; init; }

    /// <summary>Where the follower's log must end now: the offset at which the leader's next batch lies or will lie.</summary>
    [Id(4)] public required Offset PreviousOffset { get; init; }

    /// <summary>The epoch of the leader's last record before <see cref="PreviousOffset"/>; none when the log is empty there.</summary>
    [Id(5)] public required LeaderEpoch PreviousEpoch { get; init; }

    [Id(6)] public required Offset HighWatermark { get; init; }

    [Id(7)] public required Offset LogStart { get; init; }

    /// <summary>Whole batches, contiguous in the leader's log; empty to ask where the follower is, or to tell the high watermark.</summary>
    [Id(8)] public ReadOnlyMemory<byte> Records { get; init; }

    /// <summary>
    /// Set when the follower must cut first: to the end of this epoch in its own log or to <see cref="CutOffset"/>, whichever is
    /// lower.
    /// </summary>
    [Id(9)] public LeaderEpoch CutEpoch { get; init; } = LeaderEpoch.None;

    [Id(10)] public Offset CutOffset { get; init; } = Offset.None;

    /// <summary>The follower's log ends before the leader's begins: it must start anew at <see cref="LogStart"/>.</summary>
    [Id(11)] public bool StartAnew { get; init; }

    /// <summary>
    /// The follower has said that it is damaged, is neither eligible nor in any in-sync set that may turn out to be the true one, and
    /// becomes neither before it answers this: nobody counts on what it holds, so that it may cut what is damaged.
    /// </summary>
    [Id(12)] public bool MayDrop { get; init; }
}

/// <summary>The followers' answers, in the order of the parts.</summary>
[GenerateSerializer, Immutable, Alias("OrleansStreaming.ReplicateResponse")]
public sealed class ReplicateResponse
{
    [Id(0)] public required ReplicateAnswer[] Answers { get; init; }

    /// <summary>The epoch under which the answering process registered; another one than before: it has restarted.</summary>
    [Id(1)] public required long BrokerEpoch { get; init; }
}

/// <summary>Where one follower stands after a part.</summary>
/// <param name="Error">
/// NONE: the part was taken. OFFSET_OUT_OF_RANGE: the follower's log does not end where the part says. FENCED_LEADER_EPOCH: the
/// follower knows a newer leader. NOT_LEADER_OR_FOLLOWER, UNKNOWN_TOPIC_ID: it has no such replica now. KAFKA_STORAGE_ERROR: its
/// disk refuses.
/// </param>
/// <param name="LeaderEpoch">The newest leader epoch the follower knows.</param>
/// <param name="LogEnd">Where its log ends, as far as it is as durable as the topic asks.</param>
/// <param name="LastEpoch">The epoch of its last record; none on an empty log.</param>
[GenerateSerializer, Immutable, Alias("OrleansStreaming.ReplicateAnswer")]
public readonly record struct ReplicateAnswer(
    [property: Id(0)] ErrorCode Error,
    [property: Id(1)] LeaderEpoch LeaderEpoch,
    [property: Id(2)] Offset LogEnd,
    [property: Id(3)] LeaderEpoch LastEpoch,
    [property: Id(4)] Offset LogStart)
{
    /// <summary>Not to be counted on: its disk takes no writes, or what it holds is damaged.</summary>
    [Id(5)] public bool IsFailing { get; init; }

    /// <summary>What it holds is damaged: there is less of it than the log's end says.</summary>
    [Id(6)] public bool IsDamaged { get; init; }
}
