using System.Collections.Immutable;
using OrleansStreaming.Contracts.Cluster;
using OrleansStreaming.Contracts.Groups;
using OrleansStreaming.Groups.Settings;
using OrleansStreaming.Records.Errors;
using OrleansStreaming.Records.Ids;

namespace OrleansStreaming.Groups.Tests.Machine;

/// <summary>What members of the consumer protocol say, and the topics there are.</summary>
internal sealed partial class GroupBench
{
    public static TopicId IdOf(string topic) => new(new Guid(topic[0], 0, 0, new byte[8]));

    /// <summary>These topics and no others.</summary>
    public GroupBench WithTopics(params (string Name, int Partitions)[] topics)
    {
        var described = topics.Select(topic => new TopicDescription
        {
            Name = topic.Name,
            Id = IdOf(topic.Name),
            Configs = new Dictionary<string, string>(),
            Partitions = [.. Enumerable.Range(0, topic.Partitions).Select(i => new PartitionDescription
            {
                Partition = i,
                Leader = new BrokerId(1),
                LeaderEpoch = new LeaderEpoch(0),
                PartitionEpoch = new PartitionEpoch(0),
                Replicas = new List<BrokerId>(),
                InSyncReplicas = new List<BrokerId>(),
            }).ToList()],
        }).ToList();
        Image = new ClusterImage
        {
            Version = Image.Version + 1,
            Topics = described.ToImmutableSortedDictionary(topic => topic.Name, topic => topic, StringComparer.Ordinal),
            TopicsById = described.ToImmutableDictionary(topic => topic.Id),
        };
        return this;
    }

    /// <summary>Sends a heartbeat; owned partitions are those of topic "t", null for unsaid.</summary>
    public long SendBeat(
        string member, int epoch, int[]? owned = null, string[]? topics = null, string? regex = null, string? instance = null, string? assignor = null, bool native = false, bool full = false)
    {
        var request = ++_lastRequest;
        var joins = epoch == MemberEpochs.Join;
        Machine.ConsumerHeartbeat(
            request,
            new ConsumerHeartbeatCommand
            {
                MemberId = member,
                MemberEpoch = epoch,
                InstanceId = instance,
                RebalanceTimeoutMs = joins || full ? Rebalance : -1,
                TopicNames = topics ?? ((joins || full) && regex is null ? ["t"] : null),
                TopicRegex = regex,
                Assignor = assignor,
                Owned = owned is null ? joins ? [] : null : owned.Length == 0 ? [] : [new TopicPartitions { TopicId = IdOf("t"), Partitions = owned }],
                ClientId = "c",
                ClientHost = "/127.0.0.1",
                IsNative = native,
            },
            Now);
        Drain();
        return request;
    }

    public ConsumerHeartbeatResult Beat(
        string member, int epoch, int[]? owned = null, string[]? topics = null, string? regex = null, string? instance = null, string? assignor = null, bool native = false) =>
        Answer<ConsumerHeartbeatResult>(SendBeat(member, epoch, owned, topics, regex, instance, assignor, native));

    public long Report(string memberId, int epoch, params FinishedPartition[] partitions)
    {
        Machine.ReportFinished(++_lastRequest, new KeyProgressCommand { MemberId = memberId, MemberEpoch = epoch, Partitions = partitions }, Now);
        var request = _lastRequest;
        Drain();
        return request;
    }

    /// <summary>Whether a commit would be taken now; nothing is written.</summary>
    public ErrorCode TryCommitNothing(string memberId, int generation, string? instance)
    {
        var request = ++_lastRequest;
        Machine.CommitOffsets(
            request, new CommitOffsetsCommand { MemberId = memberId, Generation = generation, InstanceId = instance, KnowsMemberEpochs = true, Offsets = [] }, Now);
        return Answer<OffsetsResult>(request).Error;
    }

    /// <summary>Whether a position in one partition would be taken: it is refused for something else, and so not written.</summary>
    public bool MayCommit(string memberId, int generation, string? instance, int partition)
    {
        var request = ++_lastRequest;
        var offset = new OffsetToCommit
        {
            Partition = new GroupTopicPartition("t", partition),
            Offset = Offset.Zero,
            Metadata = new string('x', new GroupSettings().OffsetMetadataMaxLength + 1),
        };
        Machine.CommitOffsets(
            request, new CommitOffsetsCommand { MemberId = memberId, Generation = generation, InstanceId = instance, KnowsMemberEpochs = true, Offsets = [offset] }, Now);
        return Answer<OffsetsResult>(request) is { Error: ErrorCode.None, PartitionErrors: [ErrorCode.OffsetMetadataTooLarge] };
    }

    public ErrorCode BeatError(string member, int epoch, int[]? owned = null, string? instance = null) => Beat(member, epoch, owned, instance: instance).Error;

    public ConsumerHeartbeatResult JoinConsumer(string member, string? instance = null, string[]? topics = null) => Beat(member, MemberEpochs.Join, topics: topics, instance: instance);
}

internal static class HeartbeatResultExtensions
{
    /// <summary>The partitions of a topic in an answer that names the assignment.</summary>
    public static int[] Of(this ConsumerHeartbeatResult result, string topic = "t") =>
        result.Assignment!.FirstOrDefault(assigned => assigned.TopicId == GroupBench.IdOf(topic))?.Partitions ?? [];
}
