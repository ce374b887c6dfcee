using OrleansStreaming.Contracts.Groups;
using OrleansStreaming.Groups.Assignors;
using OrleansStreaming.Groups.Schemas;
using OrleansStreaming.Records.Errors;

namespace OrleansStreaming.Groups.Machine;

/// <summary>
/// A group that speaks the consumer protocol (KIP-848), and the ways between that and a classic group: an empty one becomes what its
/// next member wants; one with members of protocol type "consumer" is taken along, and serves both kinds until one is left.
/// </summary>
public sealed partial class GroupMachine : IConsumerGroupLog
{
    private ConsumerGroupMachine? _consumers;

    // Records of a consumer group that this group was: they go with the next record of the classic group.
    private GroupRecord[] _tombstonesDue = [];

    public GroupType Type => _consumers is null ? GroupType.Classic : GroupType.Consumer;

    /// <summary>A member of the consumer protocol joins, stays, or leaves; answered with a <see cref="ConsumerHeartbeatResult"/>.</summary>
    public void ConsumerHeartbeat(long request, ConsumerHeartbeatCommand command, Moment now)
    {
        _now = now;
        var (error, message) = ConsumerHeartbeatRules.Check(command, _settings);
        if (error is ErrorCode.None && _consumers is null)
        {
            (error, message) = command.MemberEpoch == MemberEpochs.Join ? Upgrade() : (ErrorCode.UnknownMemberId, null);
        }

        if (error is ErrorCode.None)
        {
            _consumers!.Heartbeat(command, now, result => _outbox.Answer(request, result));
        }
        else
        {
            _outbox.Answer(request, new ConsumerHeartbeatResult { Error = error, ErrorMessage = message, MemberId = command.MemberId, MemberEpoch = command.MemberEpoch });
        }
    }

    public ConsumerGroupDescription DescribeConsumers() => _consumers?.Describe() ?? new ConsumerGroupDescription { Error = ErrorCode.GroupIdNotFound };

    void IConsumerGroupLog.Write(GroupRecord[] records, bool removesClassic, Action<ErrorCode> completed) => Write(
        new GroupWrite
        {
            GroupId = _groupId,
            Records = records,
            MetadataChange = removesClassic ? GroupMetadataChange.Remove : GroupMetadataChange.None,
        },
        completed);

    bool IConsumerGroupLog.TryDowngrade(ConsumerMember? leaving)
    {
        var staying = _consumers!.Members.Where(member => member != leaving).ToList();
        if (!_settings.MayDowngrade || staying.Count == 0 || staying.Count > _settings.MaxSize || !staying.TrueForAll(static member => member.IsClassic))
        {
            return false;
        }

        var former = _consumers;
        EndConsumers();
        _protocolType = ConsumerSubscription.ProtocolType;
        foreach (var member in staying)
        {
            var assignment = former.AssignmentBytes(member);
            Add(new GroupMember
            {
                Id = member.Id,
                InstanceId = member.Said.InstanceId,
                ClientId = member.Said.ClientId,
                ClientHost = member.Said.ClientHost,
                Protocols = member.Said.Classic!.Protocols,
                SessionTimeoutMs = member.Said.Classic.SessionTimeoutMs,
                RebalanceTimeoutMs = member.Said.RebalanceTimeoutMs,
                SessionDeadline = member.SessionDeadline,
                Assignment = assignment,
                Held = assignment,
                HasSynced = true,
            });
        }

        _protocol = ProtocolChoice.Of(_members.Values);
        Enter(GroupState.Stable);
        Write(MetadataOfGeneration(), static _ => { });

        // Even if nobody leaves: what the consumer group had not handed out yet has no owner, nobody knows that it leads, and whoever is
        // told an assignment has to be told after the former owner's last commits.
        Prepare();
        return true;
    }

    private ConsumerGroupMachine NewConsumers() => new(_groupId, _settings, _newId, _image, this);

    private (ErrorCode Error, string? Message) Upgrade()
    {
        var members = new List<(string Id, MemberRecord Said, PartitionSet Assigned)>();
        var upgraded = NewConsumers();

        // Those that have asked for their newest assignment know best what they hold.
        foreach (var member in _members.Values.OrderByDescending(static member => member.HasSynced))
        {
            if (_protocolType != ConsumerSubscription.ProtocolType
                || ConsumerSubscription.Read(member.Protocols[0].Metadata) is not { } subscription
                || ConsumerSubscription.ReadAssignment(member.Held) is not { } held)
            {
                return (ErrorCode.GroupIdNotFound, "The group is a classic one whose members are no consumers.");
            }

            members.Add((member.Id, Said(member, subscription), upgraded.SetOf(held)));
        }

        if (members.Count > 0 && (!_settings.MayUpgrade || members.Count > _settings.ConsumerMaxSize))
        {
            return (ErrorCode.GroupIdNotFound, "The group is a classic one and does not change its protocol.");
        }

        foreach (var member in _members.Values)
        {
            AnswerJoin(member, Refusal(member.Id, ErrorCode.RebalanceInProgress));
            AnswerSync(member, new SyncGroupResult { Error = ErrorCode.RebalanceInProgress });
        }

        upgraded.TakeOver(_generation, members, _isWritten, _now);
        upgraded.Inherit(_tombstonesDue);
        _tombstonesDue = [];
        _consumers = upgraded;
        _members.Clear();
        _staticMembers.Clear();
        _pendingMembers.Clear();
        _joinDeadline = _syncDeadline = Never;
        _leader = _protocolType = _protocol = null;
        return (ErrorCode.None, null);
    }

    private static MemberRecord Said(GroupMember member, ConsumerSubscription subscription) => new()
    {
        InstanceId = member.InstanceId,
        RackId = subscription.RackId,
        ClientId = member.ClientId,
        ClientHost = member.ClientHost,
        TopicNames = subscription.Topics,
        RebalanceTimeoutMs = member.RebalanceTimeoutMs,
        Classic = new ClassicMemberRecord(member.SessionTimeoutMs, member.Protocols),
    };

    /// <summary>The group goes on as a classic one, empty for now.</summary>
    private void EndConsumers()
    {
        _generation = Math.Max(_generation, _consumers!.GroupEpoch);
        _tombstonesDue = _consumers.End();
        _consumers = null;
        Enter(GroupState.Empty);
    }
}
