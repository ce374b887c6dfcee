using OrleansStreaming.Cli.Clusters;
using OrleansStreaming.Cli.Kafka.Wire;
using OrleansStreaming.Client;
using OrleansStreaming.Kafka.Protocol.Messages;
using OrleansStreaming.Records.Errors;
using OrleansStreaming.Records.Ids;

namespace OrleansStreaming.Cli.Kafka.Admin;

/// <summary>As whom positions are committed.</summary>
internal readonly record struct GroupMembership(string MemberId, int Generation)
{
    /// <summary>From outside the group, which must be empty then.</summary>
    public static GroupMembership None { get; } = new("", -1);
}

/// <summary>A committed position with the client's own text.</summary>
internal readonly record struct CommittedPosition(Offset Offset, string Metadata);

/// <summary>OffsetFetch and OffsetCommit.</summary>
internal sealed class GroupPositions(KafkaCluster cluster)
{
    private const short FirstWithGroups = 8;
    private const short FirstWithAll = 2;

    /// <summary>Everything a group has committed.</summary>
    public async Task<IReadOnlyDictionary<TopicPartition, CommittedPosition>> FetchAllAsync(string groupId, CancellationToken cancellationToken)
    {
        var response = await cluster.AskCoordinatorAsync<OffsetFetchResponse>(
            groupId,
            ApiKey.OffsetFetch,
            version => version >= FirstWithGroups
                ? new OffsetFetchRequest { Groups = [new OffsetFetchRequest.OffsetFetchRequestGroup { GroupId = groupId, Topics = null }] }
                : new OffsetFetchRequest { GroupId = groupId, Topics = version >= FirstWithAll ? null : [] },
            answer => answer.Groups is [var group, ..] ? group.ErrorCode : answer.ErrorCode,
            TimeSpan.Zero,
            cancellationToken).ConfigureAwait(false);
        Answers.Check(response.Groups is [var only, ..] ? only.ErrorCode : response.ErrorCode, $"The positions of group '{groupId}' cannot be read");
        var old = from topic in response.Topics
                  from partition in topic.Partitions
                  select (new TopicPartition(topic.Name, partition.PartitionIndex), partition.CommittedOffset, partition.Metadata);
        var current = from topic in response.Groups.SelectMany(answered => answered.Topics)
                      from partition in topic.Partitions
                      select (new TopicPartition(topic.Name, partition.PartitionIndex), partition.CommittedOffset, partition.Metadata);
        return old.Concat(current).Where(entry => entry.CommittedOffset >= 0)
            .ToDictionary(entry => entry.Item1, entry => new CommittedPosition(new Offset(entry.CommittedOffset), entry.Metadata ?? ""));
    }

    /// <exception cref="CommitFailedException">The group has moved on.</exception>
    /// <exception cref="RequestRefusedException">The group has members, or the topic is not there.</exception>
    public async Task CommitAsync(
        string groupId, GroupMembership member, IReadOnlyDictionary<TopicPartition, Offset> positions, CancellationToken cancellationToken)
    {
        var response = await cluster.AskCoordinatorAsync<OffsetCommitResponse>(
            groupId,
            ApiKey.OffsetCommit,
            _ => new OffsetCommitRequest
            {
                GroupId = groupId,
                GenerationIdOrMemberEpoch = member.Generation,
                MemberId = member.MemberId,
                Topics =
                [
                    .. positions.GroupBy(entry => entry.Key.Topic).Select(topic => new OffsetCommitRequest.OffsetCommitRequestTopic
                    {
                        Name = topic.Key,
                        Partitions =
                        [
                            .. topic.Select(entry => new OffsetCommitRequest.OffsetCommitRequestPartition
                            {
                                PartitionIndex = entry.Key.Partition, CommittedOffset = entry.Value.Value, CommittedMetadata = "",
                            }),
                        ],
                    }),
                ],
            },
            answer => answer.Topics.SelectMany(topic => topic.Partitions).Select(partition => partition.ErrorCode).FirstOrDefault(error => error != 0),
            TimeSpan.Zero,
            cancellationToken).ConfigureAwait(false);
        foreach (var topic in response.Topics)
        {
            foreach (var partition in topic.Partitions)
            {
                Check(groupId, member, new TopicPartition(topic.Name, partition.PartitionIndex), (ErrorCode)partition.ErrorCode);
            }
        }
    }

    private static void Check(string groupId, GroupMembership member, TopicPartition partition, ErrorCode error)
    {
        switch (error)
        {
            case ErrorCode.None:
                return;
            case ErrorCode.UnknownTopicOrPartition:
                throw Unknown.Topic(partition.Topic);
            case ErrorCode.UnknownMemberId or ErrorCode.IllegalGeneration or ErrorCode.RebalanceInProgress or ErrorCode.StaleMemberEpoch or ErrorCode.FencedMemberEpoch when member != GroupMembership.None:
                throw new CommitFailedException(error, $"Group '{groupId}' has moved on; others read on from the last commit.");
            case ErrorCode.UnknownMemberId or ErrorCode.IllegalGeneration:
                throw new RequestRefusedException(error, $"Group '{groupId}' has members. Stop its consumers first.");
            default:
                throw Answers.Refusal(error, $"Position of group '{groupId}' in {partition} was not committed");
        }
    }
}
