using OrleansStreaming.Kafka.Protocol.Messages;

namespace OrleansStreaming.Groups.Tests.Support;

/// <summary>Group requests as a consumer sends them.</summary>
internal static class GroupRequests
{
    public static JoinGroupRequest Join(string group, string memberId = "", string? instance = null) => new()
    {
        GroupId = group,
        MemberId = memberId,
        GroupInstanceId = instance,
        ProtocolType = "consumer",
        SessionTimeoutMs = 10_000,
        RebalanceTimeoutMs = 60_000,
        Protocols = [new JoinGroupRequest.JoinGroupRequestProtocol { Name = "range", Metadata = new byte[] { 1, 2 } }],
    };

    public static SyncGroupRequest Sync(string group, string memberId, int generation, params (string Member, byte[] Assignment)[] assignments) => new()
    {
        GroupId = group,
        MemberId = memberId,
        GenerationId = generation,
        ProtocolType = "consumer",
        ProtocolName = "range",
        Assignments = [.. assignments.Select(entry => new SyncGroupRequest.SyncGroupRequestAssignment { MemberId = entry.Member, Assignment = entry.Assignment })],
    };

    public static OffsetCommitRequest Commit(string group, string topic, int partition, long offset, string memberId = "", int generation = -1, Guid topicId = default) => new()
    {
        GroupId = group,
        MemberId = memberId,
        GenerationIdOrMemberEpoch = generation,
        Topics =
        [
            new OffsetCommitRequest.OffsetCommitRequestTopic
            {
                Name = topic,
                TopicId = topicId,
                Partitions = [new OffsetCommitRequest.OffsetCommitRequestPartition { PartitionIndex = partition, CommittedOffset = offset, CommittedMetadata = "m" }],
            },
        ],
    };

    public static OffsetFetchRequest Fetch(string group, string topic, int partition) => new()
    {
        GroupId = group,
        Topics = [new OffsetFetchRequest.OffsetFetchRequestTopic { Name = topic, PartitionIndexes = [partition] }],
    };
}
