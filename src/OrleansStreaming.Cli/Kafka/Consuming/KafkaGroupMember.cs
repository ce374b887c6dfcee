using OrleansStreaming.Cli.Kafka.Admin;
using OrleansStreaming.Cli.Kafka.Wire;
using OrleansStreaming.Client.Groups;
using OrleansStreaming.Kafka.Protocol.Messages;
using OrleansStreaming.Records.Errors;
using OrleansStreaming.Records.Ids;

namespace OrleansStreaming.Cli.Kafka.Consuming;

/// <summary>A member of a classic group: the partitions are assigned by range, by the member that leads.</summary>
internal sealed class KafkaGroupMember(KafkaCluster cluster, string groupId, IReadOnlyList<string> topics) : IKafkaGroupMember
{
    private const string Assignor = "range";
    private static readonly TimeSpan _sessionTimeout = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan _rebalanceTimeout = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan _heartbeatInterval = TimeSpan.FromSeconds(1);

    private string _memberId = "";

    public GroupMembership Membership { get; private set; } = GroupMembership.None;

    public async Task<IReadOnlyList<TopicPartition>> JoinAsync(CancellationToken cancellationToken)
    {
        for (var tries = 0; ; tries++)
        {
            if (await TryJoinAsync(cancellationToken).ConfigureAwait(false) is { } assignment)
            {
                return assignment;
            }

            await cluster.Retries.WaitAsync(tries, cancellationToken).ConfigureAwait(false);
        }
    }

    public async Task BeatAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            await Task.Delay(_heartbeatInterval, cluster.Options.Time, cancellationToken).ConfigureAwait(false);
            var response = await cluster.AskCoordinatorAsync<HeartbeatResponse>(
                groupId,
                ApiKey.Heartbeat,
                _ => new HeartbeatRequest { GroupId = groupId, GenerationId = Membership.Generation, MemberId = _memberId },
                answer => answer.ErrorCode,
                TimeSpan.Zero,
                cancellationToken).ConfigureAwait(false);
            if (!StaysOn((ErrorCode)response.ErrorCode))
            {
                return;
            }
        }
    }

    public async Task LeaveAsync(CancellationToken cancellationToken)
    {
        const short FirstWithSeveral = 3;
        if (Membership != GroupMembership.None)
        {
            Membership = GroupMembership.None;
            await cluster.AskCoordinatorAsync<LeaveGroupResponse>(
                groupId,
                ApiKey.LeaveGroup,
                version => version >= FirstWithSeveral
                    ? new LeaveGroupRequest { GroupId = groupId, Members = [new LeaveGroupRequest.MemberIdentity { MemberId = _memberId }] }
                    : new LeaveGroupRequest { GroupId = groupId, MemberId = _memberId },
                answer => answer.ErrorCode,
                TimeSpan.Zero,
                cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>False when the member must join again; as itself, or as a new one when the group has forgotten it.</summary>
    private bool StaysOn(ErrorCode error)
    {
        if (error is ErrorCode.UnknownMemberId or ErrorCode.IllegalGeneration)
        {
            _memberId = "";
        }
        else if (error is not (ErrorCode.None or ErrorCode.RebalanceInProgress))
        {
            Answers.Check((short)error, $"Group '{groupId}' does not take this member");
        }

        return error is ErrorCode.None;
    }

    private async Task<IReadOnlyList<TopicPartition>?> TryJoinAsync(CancellationToken cancellationToken)
    {
        var joined = await cluster.AskCoordinatorAsync<JoinGroupResponse>(
            groupId, ApiKey.JoinGroup, JoinRequest, answer => answer.ErrorCode, _rebalanceTimeout, cancellationToken).ConfigureAwait(false);
        if ((ErrorCode)joined.ErrorCode is ErrorCode.MemberIdRequired)
        {
            _memberId = joined.MemberId;
            return await TryJoinAsync(cancellationToken).ConfigureAwait(false);
        }

        if (!StaysOn((ErrorCode)joined.ErrorCode))
        {
            return null;
        }

        _memberId = joined.MemberId;
        Membership = new GroupMembership(_memberId, joined.GenerationId);
        var plan = joined.Leader == _memberId ? await PlanAsync(joined, cancellationToken).ConfigureAwait(false) : [];
        var synced = await cluster.AskCoordinatorAsync<SyncGroupResponse>(
            groupId,
            ApiKey.SyncGroup,
            _ => new SyncGroupRequest
            {
                GroupId = groupId, GenerationId = joined.GenerationId, MemberId = _memberId, ProtocolType = ConsumerProtocol.Type, ProtocolName = Assignor, Assignments = plan,
            },
            answer => answer.ErrorCode,
            _rebalanceTimeout,
            cancellationToken).ConfigureAwait(false);
        return StaysOn((ErrorCode)synced.ErrorCode) ? ConsumerProtocol.ReadAssignment(synced.Assignment.Span) : null;
    }

    private JoinGroupRequest JoinRequest(short version) => new()
    {
        GroupId = groupId,
        SessionTimeoutMs = (int)_sessionTimeout.TotalMilliseconds,
        RebalanceTimeoutMs = (int)_rebalanceTimeout.TotalMilliseconds,
        MemberId = _memberId,
        ProtocolType = ConsumerProtocol.Type,
        Protocols =
        [
            new JoinGroupRequest.JoinGroupRequestProtocol
            {
                Name = Assignor, Metadata = ConsumerProtocol.WriteSubscription(new MemberSubscription(topics, [], -1)),
            },
        ],
    };

    /// <summary>The leader's part: who reads what.</summary>
    private async Task<List<SyncGroupRequest.SyncGroupRequestAssignment>> PlanAsync(JoinGroupResponse joined, CancellationToken cancellationToken)
    {
        var members = joined.Members.ToDictionary(member => member.MemberId, member => ConsumerProtocol.ReadSubscription(member.Metadata.Span));
        var view = await cluster.ViewAsync([.. members.Values.SelectMany(member => member.Topics).Distinct()], cancellationToken).ConfigureAwait(false);
        var counts = view.Topics.ToDictionary(topic => topic.Key, topic => topic.Value.Partitions.Count);
        return
        [
            .. Assignors.Assign(Assignor, members, counts).Select(member => new SyncGroupRequest.SyncGroupRequestAssignment
            {
                MemberId = member.Key, Assignment = ConsumerProtocol.WriteAssignment(member.Value),
            }),
        ];
    }
}
