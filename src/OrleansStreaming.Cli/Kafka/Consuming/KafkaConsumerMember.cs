using OrleansStreaming.Cli.Kafka.Admin;
using OrleansStreaming.Cli.Kafka.Wire;
using OrleansStreaming.Kafka.Protocol.Messages;
using OrleansStreaming.Records.Errors;
using OrleansStreaming.Records.Ids;

namespace OrleansStreaming.Cli.Kafka.Consuming;

/// <summary>
/// A member of a group of the consumer protocol (KIP-848): the coordinator assigns, heartbeat by heartbeat. What is taken away is
/// let go of with the next join, after its reader has stopped and committed.
/// </summary>
internal sealed class KafkaConsumerMember(KafkaCluster cluster, string groupId, IReadOnlyList<string> topics) : IKafkaGroupMember
{
    private const int JoinEpoch = 0;
    private const int LeaveEpoch = -1;
    private static readonly TimeSpan _rebalanceTimeout = TimeSpan.FromSeconds(30);

    private readonly string _memberId = Guid.NewGuid().ToString();
    private int _epoch = JoinEpoch;
    private TimeSpan _heartbeatInterval = TimeSpan.FromSeconds(5);
    private List<ConsumerGroupHeartbeatResponse.TopicPartitions> _assigned = [];

    public GroupMembership Membership => _epoch > JoinEpoch ? new GroupMembership(_memberId, _epoch) : GroupMembership.None;

    public async Task<IReadOnlyList<TopicPartition>> JoinAsync(CancellationToken cancellationToken)
    {
        for (var tries = 0; ; tries++)
        {
            var response = await AskAsync(_epoch, isFull: true, cancellationToken).ConfigureAwait(false);
            if (StaysOn(response))
            {
                return await NamedAsync(cancellationToken).ConfigureAwait(false);
            }

            await cluster.Retries.WaitAsync(tries, cancellationToken).ConfigureAwait(false);
        }
    }

    public async Task BeatAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            await Task.Delay(_heartbeatInterval, cluster.Options.Time, cancellationToken).ConfigureAwait(false);
            var response = await AskAsync(_epoch, isFull: false, cancellationToken).ConfigureAwait(false);
            if (!StaysOn(response) || response.Assignment is not null)
            {
                return;
            }
        }
    }

    public async Task LeaveAsync(CancellationToken cancellationToken)
    {
        if (_epoch > JoinEpoch)
        {
            _epoch = JoinEpoch;
            await AskAsync(LeaveEpoch, isFull: false, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <param name="isFull">Says everything, as the protocol asks at the join and allows at any time; else only that it lives.</param>
    private Task<ConsumerGroupHeartbeatResponse> AskAsync(int epoch, bool isFull, CancellationToken cancellationToken) =>
        cluster.AskCoordinatorAsync<ConsumerGroupHeartbeatResponse>(
            groupId,
            ApiKey.ConsumerGroupHeartbeat,
            _ => new ConsumerGroupHeartbeatRequest
            {
                GroupId = groupId,
                MemberId = _memberId,
                MemberEpoch = epoch,
                RebalanceTimeoutMs = isFull ? (int)_rebalanceTimeout.TotalMilliseconds : -1,
                SubscribedTopicNames = isFull ? [.. topics] : null,
                TopicPartitions = isFull
                    ? _assigned.ConvertAll(topic => new ConsumerGroupHeartbeatRequest.TopicPartitionsData { TopicId = topic.TopicId, Partitions = topic.Partitions })
                    : null,
            },
            answer => answer.ErrorCode,
            TimeSpan.Zero,
            cancellationToken);

    /// <summary>False when the group does not know this member any more: it must join anew, and owns nothing.</summary>
    private bool StaysOn(ConsumerGroupHeartbeatResponse response)
    {
        if ((ErrorCode)response.ErrorCode is ErrorCode.UnknownMemberId or ErrorCode.FencedMemberEpoch)
        {
            (_epoch, _assigned) = (JoinEpoch, []);
            return false;
        }

        Answers.Check(response.ErrorCode, $"Group '{groupId}' does not take this member", response.ErrorMessage);
        _epoch = response.MemberEpoch;
        _heartbeatInterval = TimeSpan.FromMilliseconds(response.HeartbeatIntervalMs);
        _assigned = response.Assignment?.TopicPartitions ?? _assigned;
        return true;
    }

    /// <summary>The assignment by the topics' names; a topic that was deleted meanwhile is left out.</summary>
    private async Task<IReadOnlyList<TopicPartition>> NamedAsync(CancellationToken cancellationToken)
    {
        if (_assigned.Count == 0)
        {
            return [];
        }

        var view = await cluster.ViewAsync(topics, cancellationToken).ConfigureAwait(false);
        var names = view.Topics.Values.ToDictionary(topic => topic.Id.Value, topic => topic.Name);
        return
        [
            .. from topic in _assigned
               where names.ContainsKey(topic.TopicId)
               from partition in topic.Partitions
               select new TopicPartition(names[topic.TopicId], partition),
        ];
    }
}
