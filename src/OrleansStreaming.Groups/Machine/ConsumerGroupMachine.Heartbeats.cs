using OrleansStreaming.Contracts.Groups;
using OrleansStreaming.Groups.Assignors;
using OrleansStreaming.Groups.Schemas;
using OrleansStreaming.Records.Errors;
using OrleansStreaming.Records.Ids;

namespace OrleansStreaming.Groups.Machine;

internal sealed partial class ConsumerGroupMachine
{
    /// <summary>A heartbeat that has passed <see cref="ConsumerHeartbeatRules"/>; the answer may come at once.</summary>
    public void Heartbeat(ConsumerHeartbeatCommand command, Moment now, Action<ConsumerHeartbeatResult> answer)
    {
        _now = now;
        if (command.MemberEpoch < MemberEpochs.Join)
        {
            Leave(command, answer);
            return;
        }

        if (CheckKind(command) is { } unlike)
        {
            answer(unlike);
            return;
        }

        var member = command.InstanceId is null ? FindDynamic(command, out var error) : FindStatic(command, out error);
        if (member is null)
        {
            answer(Refusal(command, error));
            return;
        }

        var assignedBefore = command.MemberEpoch == MemberEpochs.Join ? null : member.Assigned;
        AssignIfDue(Update(member, command));
        Reconcile(member, command.Owned is null ? null : OwnedBy(command));
        KeepAlive(member);
        member.JoinDeadline = member.SyncDeadline = Never;

        var isFull = command is { RebalanceTimeoutMs: >= 0, Owned: not null } && (command.TopicNames ?? (object?)command.TopicRegex) is not null;
        var isTold = isFull || !member.Assigned.Equals(assignedBefore);
        var result = new ConsumerHeartbeatResult
        {
            MemberId = member.Id,
            MemberEpoch = member.Epoch,
            HeartbeatIntervalMs = HeartbeatIntervalMs,
            Assignment = isTold ? Listed(member.Assigned) : null,
        };
        WhenWritten(written => answer(written is ErrorCode.None ? result : Refusal(command, written)));
        Flush();
    }

    private static PartitionSet OwnedBy(ConsumerHeartbeatCommand command) =>
        PartitionSet.Of(command.Owned!.Select(static owned => new KeyValuePair<TopicId, int[]>(owned.TopicId, owned.Partitions)));

    private static ConsumerHeartbeatResult Refusal(ConsumerHeartbeatCommand command, ErrorCode error) =>
        new() { Error = error, MemberId = command.MemberId, MemberEpoch = command.MemberEpoch };

    /// <summary>Slots and partitions cannot be handed out side by side, nor one be taken for the other.</summary>
    private ConsumerHeartbeatResult? CheckKind(ConsumerHeartbeatCommand command)
    {
        var own = _members.GetValueOrDefault(command.MemberId)?.Said.Assignor;
        var isKeyBased = (command.Assignor ?? own) == AssignorNames.KeyBased;
        var isUnlike = command.MemberEpoch == MemberEpochs.Join
            ? _members.Values.Any(member => member.Id != command.MemberId && IsKeyBasedOne(member) != isKeyBased)
            : own is not null && (own == AssignorNames.KeyBased) != isKeyBased;
        return isUnlike
            ? new ConsumerHeartbeatResult
            {
                Error = ErrorCode.InconsistentGroupProtocol,
                ErrorMessage = "Either all members of a group are key-based, or none.",
                MemberId = command.MemberId,
                MemberEpoch = command.MemberEpoch,
            }
            : null;
    }

    private static bool IsKeyBasedOne(ConsumerMember member) => member.Said.Assignor == AssignorNames.KeyBased;

    private bool HasRoom => _members.Count < settings.ConsumerMaxSize;

    private ConsumerMember? FindDynamic(ConsumerHeartbeatCommand command, out ErrorCode error)
    {
        if (_members.TryGetValue(command.MemberId, out var member))
        {
            error = member.Said.InstanceId is null || command.MemberEpoch != MemberEpochs.Join ? CheckEpoch(member, command) : ErrorCode.UnreleasedInstanceId;
            return error is ErrorCode.None ? member : null;
        }

        if (command.MemberEpoch != MemberEpochs.Join)
        {
            error = ErrorCode.UnknownMemberId;
            return null;
        }

        error = HasRoom ? ErrorCode.None : ErrorCode.GroupMaxSizeReached;
        return HasRoom ? New(command.MemberId, null, command.ClientId, command.ClientHost) : null;
    }

    private ConsumerMember? FindStatic(ConsumerHeartbeatCommand command, out ErrorCode error)
    {
        var former = _staticMembers.TryGetValue(command.InstanceId!, out var id) ? _members[id] : null;
        if (command.MemberEpoch == MemberEpochs.Join)
        {
            // A former self of the consumer protocol must have left; one of the classic protocol is replaced (KIP-345).
            error = former switch
            {
                null => HasRoom ? ErrorCode.None : ErrorCode.GroupMaxSizeReached,
                { IsClassic: false, Epoch: not MemberEpochs.LeaveForNow } when former.Id != command.MemberId => ErrorCode.UnreleasedInstanceId,
                _ => ErrorCode.None,
            };
            if (error is not ErrorCode.None)
            {
                return null;
            }

            return former is null ? New(command.MemberId, command.InstanceId, command.ClientId, command.ClientHost) : Replace(former, command.MemberId);
        }

        error = former is null
            ? ErrorCode.UnknownMemberId
            : former.Id != command.MemberId ? ErrorCode.FencedInstanceId : CheckEpoch(former, command);
        return error is ErrorCode.None ? former : null;
    }

    /// <summary>FENCED_MEMBER_EPOCH, unless the epoch is right, or the one before and the client merely missed the last answer.</summary>
    private ErrorCode CheckEpoch(ConsumerMember member, ConsumerHeartbeatCommand command)
    {
        if (command.MemberEpoch == MemberEpochs.Join)
        {
            // Whoever joins owns nothing, whatever was believed of it.
            Hold(member, new CurrentAssignmentRecord(0, 0, ConsumerMemberState.Stable, PartitionSet.Empty, PartitionSet.Empty));
            Changed(ConsumerRecordKind.CurrentAssignment, member.Id);
            return ErrorCode.None;
        }

        var missedAnswer = command.MemberEpoch < member.Epoch
            && command.MemberEpoch == member.Current.PreviousEpoch
            && command.Owned is not null
            && OwnedBy(command).IsSubsetOf(member.Assigned);
        return command.MemberEpoch == member.Epoch || missedAnswer ? ErrorCode.None : ErrorCode.FencedMemberEpoch;
    }

    private ConsumerMember New(string id, string? instance, string clientId, string clientHost)
    {
        var member = new ConsumerMember(id.Length > 0 ? id : newId().ToString("D"), new MemberRecord { InstanceId = instance, ClientId = clientId, ClientHost = clientHost });
        _members.Add(member.Id, member);
        Register(member);
        Changed(ConsumerRecordKind.CurrentAssignment, member.Id);
        Changed(ConsumerRecordKind.Member, member.Id);
        return member;
    }

    /// <summary>A static member is back under a new id: its partitions are at once those of its new self, which owns none of them yet.</summary>
    private ConsumerMember Replace(ConsumerMember former, string id)
    {
        var target = TargetOf(former.Id);
        Remove(former);
        var member = New(id, former.Said.InstanceId, former.Said.ClientId, former.Said.ClientHost);
        member.Said = former.Said with { Classic = null };
        SetTarget(member.Id, target);
        return member;
    }

    /// <summary>Takes over what the member says of itself; true when it subscribes to something else, or is new.</summary>
    private bool Update(ConsumerMember member, ConsumerHeartbeatCommand command)
    {
        var before = member.Said;
        member.Said = before with
        {
            RackId = command.RackId ?? before.RackId,
            RebalanceTimeoutMs = command.RebalanceTimeoutMs < 0 ? before.RebalanceTimeoutMs : command.RebalanceTimeoutMs,
            Assignor = command.Assignor ?? before.Assignor,
            TopicNames = command.TopicNames is { } names && !names.AsSpan().SequenceEqual(before.TopicNames) ? names : before.TopicNames,
            TopicRegex = command.TopicRegex switch { null => before.TopicRegex, "" => null, var regex => regex },
            ClientId = command.ClientId,
            ClientHost = command.ClientHost,
            Classic = null,
        };
        if (member.Said != before)
        {
            Changed(ConsumerRecordKind.Member, member.Id);
        }

        return !ReferenceEquals(member.Said.TopicNames, before.TopicNames) || member.Said.TopicRegex != before.TopicRegex || !_targets.ContainsKey(member.Id);
    }

    private void Leave(ConsumerHeartbeatCommand command, Action<ConsumerHeartbeatResult> answer)
    {
        var id = command.InstanceId is { } instance ? _staticMembers.GetValueOrDefault(instance) : command.MemberId;
        if (id is null || !_members.TryGetValue(id, out var member) || id != command.MemberId)
        {
            answer(Refusal(command, command.InstanceId is not null && id is not null ? ErrorCode.FencedInstanceId : ErrorCode.UnknownMemberId));
            return;
        }

        var result = new ConsumerHeartbeatResult { MemberId = id, MemberEpoch = command.MemberEpoch };
        if (command.MemberEpoch == MemberEpochs.LeaveForNow)
        {
            // What it had to give up it has given up by going; the rest is kept for it as long as its session lasts.
            Hold(member, member.Current with { Epoch = MemberEpochs.LeaveForNow, Revoking = PartitionSet.Empty });
            member.RevocationDeadline = Never;
            Changed(ConsumerRecordKind.CurrentAssignment, id);
        }
        else if (Fence(member))
        {
            answer(result);
            return;
        }

        WhenWritten(written => answer(written is ErrorCode.None ? result : Refusal(command, written)));
        Flush();
    }
}
