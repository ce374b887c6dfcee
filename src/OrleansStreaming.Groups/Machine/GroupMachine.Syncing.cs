using OrleansStreaming.Contracts.Groups;
using OrleansStreaming.Records.Errors;

namespace OrleansStreaming.Groups.Machine;

public sealed partial class GroupMachine
{
    // The generation whose assignment is being written; the leader's repeated SyncGroup does not write it twice.
    private int _assignmentWriteOf = -1;

    /// <summary>A member asks for its assignment; the leader brings them all.</summary>
    public void Sync(long request, SyncGroupCommand command, Moment now)
    {
        _now = now;
        if (_consumers is not null)
        {
            _consumers.Sync(command, now, result => _outbox.Answer(request, result));
            return;
        }

        if (CheckSync(command) is var error and not ErrorCode.None)
        {
            _outbox.Answer(request, new SyncGroupResult { Error = error });
            return;
        }

        var member = _members[command.MemberId];
        member.HasSynced = true;
        Refresh(member);
        if (State is GroupState.Stable)
        {
            _outbox.Answer(request, Assigned(member));
            return;
        }

        AnswerSync(member, new SyncGroupResult { Error = ErrorCode.RebalanceInProgress });
        member.SyncRequest = request;
        if (_leader == member.Id && _assignmentWriteOf != _generation)
        {
            WriteAssignment(command.Assignments);
        }
    }

    private ErrorCode CheckSync(SyncGroupCommand command)
    {
        if (State is GroupState.Dead or GroupState.Empty)
        {
            return ErrorCode.UnknownMemberId;
        }

        if (Check(command.MemberId, command.InstanceId) is var error and not ErrorCode.None)
        {
            return error;
        }

        if (command.Generation != _generation)
        {
            return ErrorCode.IllegalGeneration;
        }

        if (Differs(command.ProtocolType, _protocolType) || Differs(command.Protocol, _protocol))
        {
            return ErrorCode.InconsistentGroupProtocol;
        }

        return State is GroupState.PreparingRebalance ? ErrorCode.RebalanceInProgress : ErrorCode.None;

        static bool Differs(string? claimed, string? actual) => claimed is not null && actual is not null && claimed != actual;
    }

    private void WriteAssignment(MemberAssignment[] brought)
    {
        var generation = _generation;
        _assignmentWriteOf = generation;
        var assignments = new Dictionary<string, byte[]>(StringComparer.Ordinal);
        foreach (var assignment in brought)
        {
            assignments[assignment.MemberId] = assignment.Assignment;
        }

        Write(MetadataOfGeneration(assignments), error =>
        {
            // A rebalance that began meanwhile has already sent everybody back.
            if (State is not GroupState.CompletingRebalance || generation != _generation)
            {
                return;
            }

            if (error is not ErrorCode.None)
            {
                AnswerAllSyncs(error);
                Prepare();
                return;
            }

            Enter(GroupState.Stable);
            foreach (var member in _members.Values)
            {
                member.Assignment = assignments.GetValueOrDefault(member.Id, []);
                AnswerSync(member, Assigned(member));
            }
        });
    }

    private SyncGroupResult Assigned(GroupMember member)
    {
        member.Held = member.Assignment;
        return new SyncGroupResult { ProtocolType = _protocolType, Protocol = _protocol, Assignment = member.Assignment };
    }

    private void AnswerAllSyncs(ErrorCode error)
    {
        foreach (var member in _members.Values)
        {
            AnswerSync(member, new SyncGroupResult { Error = error });
        }
    }

    private void AnswerSync(GroupMember member, SyncGroupResult result)
    {
        if (member.SyncRequest is not GroupMember.NoRequest and var request)
        {
            member.SyncRequest = GroupMember.NoRequest;
            Refresh(member);
            _outbox.Answer(request, result);
        }
    }
}
