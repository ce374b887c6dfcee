using Orleans;
using Orleans.Concurrency;
using OrleansStreaming.Records.Errors;
using OrleansStreaming.Records.Ids;

namespace OrleansStreaming.Contracts.Groups;

/// <summary>
/// One consumer group, of any client: membership of either protocol, and committed offsets. Key:
/// <see cref="GroupKey"/>. Every call may be refused with NOT_COORDINATOR, when this broker does not lead the group's partition,
/// or COORDINATOR_LOAD_IN_PROGRESS. Nothing is acknowledged before it is committed to <see cref="OffsetsTopic"/>.
/// </summary>
[Alias("OrleansStreaming.IGroupGrain")]
public interface IGroupGrain : IGrainWithStringKey
{
    /// <summary>Answers when the generation begins: as late as the slowest member's rebalance timeout.</summary>
    [ResponseTimeout("1.00:00:00"), Alias("Join")]
    Task<JoinGroupResult> Join(JoinGroupCommand command);

    /// <summary>Answers when the leader's assignment is committed.</summary>
    [ResponseTimeout("1.00:00:00"), Alias("Sync")]
    Task<SyncGroupResult> Sync(SyncGroupCommand command);

    [Alias("Heartbeat")]
    Task<ErrorCode> Heartbeat(HeartbeatCommand command);

    [Alias("Leave")]
    Task<LeaveGroupResult> Leave(LeavingMember[] members);

    /// <summary>
    /// A member of the consumer protocol (KIP-848), Kafka client or native: joins, stays, leaves, and is told its partitions. A classic
    /// group whose members can be understood becomes a consumer group when the first such member joins.
    /// </summary>
    [ResponseTimeout("00:05:00"), Alias("ConsumerHeartbeat")]
    Task<ConsumerHeartbeatResult> ConsumerHeartbeat(ConsumerHeartbeatCommand command);

    /// <summary>A member of a key-based group reports finished records; answered when they are committed.</summary>
    [Alias("ReportFinished")]
    Task<KeyProgressResult> ReportFinished(KeyProgressCommand command);

    [Alias("DescribeConsumers")]
    Task<ConsumerGroupDescription> DescribeConsumers();

    [Alias("CommitOffsets")]
    Task<OffsetsResult> CommitOffsets(CommitOffsetsCommand command);

    /// <summary>The committed positions of these partitions, or of all when null.</summary>
    /// <param name="memberId">Asks as this member of a consumer group: UNKNOWN_MEMBER_ID, STALE_MEMBER_EPOCH.</param>
    [Alias("FetchOffsets")]
    Task<FetchOffsetsResult> FetchOffsets(GroupTopicPartition[]? partitions, string? memberId = null, int memberEpoch = -1);

    /// <summary>Forgets positions; refused for topics that a living consumer group subscribes to.</summary>
    [Alias("DeleteOffsets")]
    Task<OffsetsResult> DeleteOffsets(GroupTopicPartition[] partitions);

    /// <summary>Forgets the group with its positions: NON_EMPTY_GROUP, GROUP_ID_NOT_FOUND.</summary>
    [Alias("Delete")]
    Task<ErrorCode> Delete();

    [Alias("Describe")]
    Task<GroupDescription> Describe();

    [Alias("Summarize")]
    Task<GroupSummary> Summarize();

    /// <summary>Its partition was loaded, or some of its offsets may have expired: look after members and offsets.</summary>
    [OneWay, Alias("Tend")]
    Task Tend();

    /// <summary>These topics are gone: so are the positions in them.</summary>
    [OneWay, Alias("ForgetTopics")]
    Task ForgetTopics(string[] topics);

    /// <summary>The leadership of that epoch is over: whoever waits is sent to look for the new coordinator.</summary>
    [OneWay, Alias("Resign")]
    Task Resign(LeaderEpoch epoch);
}
