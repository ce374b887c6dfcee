using OrleansStreaming.Contracts.Groups;
using OrleansStreaming.Records.Errors;

namespace OrleansStreaming.Groups.Machine;

public sealed partial class GroupMachine
{
    /// <summary>A member joins, or comes back for the next generation.</summary>
    public void Join(long request, JoinGroupCommand command, Moment now)
    {
        _now = now;
        if (command.SessionTimeoutMs < _settings.MinSessionTimeoutMs || command.SessionTimeoutMs > _settings.MaxSessionTimeoutMs)
        {
            RefuseJoin(request, command.MemberId, ErrorCode.InvalidSessionTimeout);
        }
        else if (_consumers is { MemberCount: > 0 })
        {
            _consumers.Join(command, now, result => _outbox.Answer(request, result));
        }
        else
        {
            JoinClassic(request, command);
        }
    }

    private void JoinClassic(long request, JoinGroupCommand command)
    {
        if (_consumers is not null)
        {
            EndConsumers();
        }

        if (State is GroupState.Dead && command.MemberId.Length > 0)
        {
            RefuseJoin(request, command.MemberId, ErrorCode.UnknownMemberId);
        }
        else if (!HasRoomFor(command.MemberId))
        {
            var membersBefore = _members.Count;
            _pendingMembers.Remove(command.MemberId);
            if (_members.TryGetValue(command.MemberId, out var surplus))
            {
                Expel(surplus);
            }

            Settle(membersBefore);
            RefuseJoin(request, "", ErrorCode.GroupMaxSizeReached);
        }
        else if (!FitsIn(command))
        {
            RefuseJoin(request, command.MemberId, ErrorCode.InconsistentGroupProtocol);
        }
        else if (command.MemberId.Length == 0)
        {
            JoinNew(request, command);
        }
        else
        {
            JoinKnown(request, command);
        }
    }

    private void JoinNew(long request, JoinGroupCommand command)
    {
        if (command.InstanceId is { } instance)
        {
            var id = $"{instance}-{_newId():D}";
            if (_staticMembers.TryGetValue(instance, out var former))
            {
                Replace(request, command, _members[former], id);
            }
            else
            {
                AddJoining(request, command, id);
            }

            return;
        }

        var memberId = $"{command.ClientId}-{_newId():D}";
        if (!command.RequiresKnownMemberId)
        {
            AddJoining(request, command, memberId);
            return;
        }

        if (State is GroupState.Dead)
        {
            Enter(GroupState.Empty);
        }

        _pendingMembers[memberId] = _now.ElapsedMs + command.SessionTimeoutMs;
        RefuseJoin(request, memberId, ErrorCode.MemberIdRequired);
    }

    private void JoinKnown(long request, JoinGroupCommand command)
    {
        if (command.InstanceId is null && _pendingMembers.ContainsKey(command.MemberId))
        {
            AddJoining(request, command, command.MemberId);
            return;
        }

        if (Check(command.MemberId, command.InstanceId) is var error and not ErrorCode.None)
        {
            RefuseJoin(request, command.MemberId, error);
            return;
        }

        // In a settled generation only the leader, and members with something new to say, make the group start another: the rest
        // have lost an answer and are told the generation once more.
        var member = _members[command.MemberId];
        var isKnown = member.HasSameProtocols(command.Protocols);
        if ((State is GroupState.CompletingRebalance && isKnown) || (State is GroupState.Stable && isKnown && _leader != member.Id))
        {
            member.IsNew = false;
            Refresh(member);
            _outbox.Answer(request, Joined(member));
            return;
        }

        Update(member, command, request);
        Rebalance();
    }

    /// <summary>A static member came back under a new id: its former self, should it still live, is fenced.</summary>
    private void Replace(long request, JoinGroupCommand command, GroupMember former, string id)
    {
        var leaderBefore = _leader;
        var wasLeader = leaderBefore == former.Id;
        AnswerJoin(former, Refusal(former.Id, ErrorCode.FencedInstanceId));
        AnswerSync(former, new SyncGroupResult { Error = ErrorCode.FencedInstanceId });
        Remove(former);
        var member = NewMember(command, id);
        member.Assignment = former.Assignment;
        member.Held = former.Held;
        member.HasSynced = former.HasSynced;
        member.JoinRequest = request;
        Add(member);
        _leader = wasLeader ? id : leaderBefore;
        Refresh(member);
        switch (State)
        {
            case GroupState.Stable when ProtocolChoice.Of(_members.Values) == _protocol && !OwesRebalance(former):
                KeepAssignment(request, command, member, leaderBefore);
                break;
            case GroupState.PreparingRebalance:
                CompleteJoinIfAllJoined();
                break;
            default:
                Prepare();
                break;
        }
    }

    /// <summary>
    /// Whether a cooperative member (KIP-429) had still to give up partitions and then to join again, for which the assignment withholds
    /// them: if its new self, which owns nothing, did not, nobody would.
    /// </summary>
    private bool OwesRebalance(GroupMember member) =>
        _protocolType == ConsumerSubscription.ProtocolType
        && ConsumerSubscription.Read(member.MetadataFor(_protocol)) is { Owned.Length: > 0 } subscription
        && subscription.Owned.Except(ConsumerSubscription.ReadAssignment(member.Assignment) ?? []).Any();

    /// <summary>The generation goes on with the static member's new id (KIP-345), once that is written.</summary>
    private void KeepAssignment(long request, JoinGroupCommand command, GroupMember member, string? leaderBefore)
    {
        var generation = _generation;
        Write(MetadataOfGeneration(), error =>
        {
            if (member.JoinRequest != request || generation != _generation || State is not GroupState.Stable)
            {
                // A rebalance began meanwhile: the member is one of those that have joined it.
                return;
            }

            if (error is not ErrorCode.None)
            {
                AnswerJoin(member, Refusal("", error));
                return;
            }

            // Clients that cannot be told to skip would, as leaders, assign anew: they are told of their former id as leader.
            var isLeader = _leader == member.Id;
            AnswerJoin(member, new JoinGroupResult
            {
                Generation = _generation,
                ProtocolType = _protocolType,
                Protocol = _protocol,
                MemberId = member.Id,
                Leader = (command.CanSkipAssignment ? _leader : leaderBefore) ?? "",
                SkipAssignment = command.CanSkipAssignment && isLeader,
                Members = command.CanSkipAssignment && isLeader ? Everybody() : [],
            });
        });
    }

    private void AddJoining(long request, JoinGroupCommand command, string id)
    {
        var member = NewMember(command, id);
        member.IsNew = true;
        member.JoinRequest = request;
        member.SessionDeadline = _now.ElapsedMs + _settings.NewMemberJoinTimeoutMs;
        if (_members.Count == 0)
        {
            _protocolType = command.ProtocolType;
        }

        _hasNewJoiner = true;
        Add(member);
        Rebalance();
    }

    private static GroupMember NewMember(JoinGroupCommand command, string id) => new()
    {
        Id = id,
        InstanceId = command.InstanceId,
        ClientId = command.ClientId,
        ClientHost = command.ClientHost,
        Protocols = command.Protocols,
        SessionTimeoutMs = command.SessionTimeoutMs,
        RebalanceTimeoutMs = command.RebalanceTimeoutMs,
    };

    private void Update(GroupMember member, JoinGroupCommand command, long request)
    {
        // A repeated join takes the place of the one that waits, whose client has given it up.
        AnswerJoin(member, Refusal(member.Id, ErrorCode.RebalanceInProgress));
        AnswerSync(member, new SyncGroupResult { Error = ErrorCode.RebalanceInProgress });
        member.Protocols = command.Protocols;
        member.SessionTimeoutMs = command.SessionTimeoutMs;
        member.RebalanceTimeoutMs = command.RebalanceTimeoutMs;
        member.JoinRequest = request;
    }

    private bool HasRoomFor(string memberId) => State switch
    {
        GroupState.PreparingRebalance =>
            _members.GetValueOrDefault(memberId) is { IsJoining: true } || _members.Values.Count(member => member.IsJoining) < _settings.MaxSize,
        GroupState.CompletingRebalance or GroupState.Stable => _members.ContainsKey(memberId) || _members.Count < _settings.MaxSize,
        _ => true,
    };

    /// <summary>The same type as the others, and a protocol that all the others know.</summary>
    private bool FitsIn(JoinGroupCommand command)
    {
        if (command.ProtocolType.Length == 0 || command.Protocols.Length == 0)
        {
            return false;
        }

        var former = command.InstanceId is null ? null : _staticMembers.GetValueOrDefault(command.InstanceId);
        var others = _members.Values.Where(member => member.Id != command.MemberId && member.Id != former).ToList();
        return (_members.Count == 0 || _protocolType == command.ProtocolType)
            && Array.Exists(command.Protocols, protocol => others.TrueForAll(other => other.Supports(protocol.Name)));
    }

    private void Expel(GroupMember member)
    {
        AnswerJoin(member, Refusal("", ErrorCode.UnknownMemberId));
        AnswerSync(member, new SyncGroupResult { Error = ErrorCode.UnknownMemberId });
        Remove(member);
    }

    private JoinGroupResult Joined(GroupMember member) => new()
    {
        Generation = _generation,
        ProtocolType = _protocolType,
        Protocol = _protocol,
        MemberId = member.Id,
        Leader = _leader ?? "",
        Members = _leader == member.Id ? Everybody() : [],
    };

    private JoinedMember[] Everybody() =>
    [
        .. _members.Values.Select(member => new JoinedMember { MemberId = member.Id, InstanceId = member.InstanceId, Metadata = member.MetadataFor(_protocol) }),
    ];

    private static JoinGroupResult Refusal(string memberId, ErrorCode error) => new() { MemberId = memberId, Error = error };

    private void RefuseJoin(long request, string memberId, ErrorCode error) => _outbox.Answer(request, Refusal(memberId, error));

    private void AnswerJoin(GroupMember member, JoinGroupResult result)
    {
        if (member.JoinRequest is not GroupMember.NoRequest and var request)
        {
            member.JoinRequest = GroupMember.NoRequest;
            Refresh(member);
            _outbox.Answer(request, result);
        }
    }
}
