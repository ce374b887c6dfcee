using OrleansStreaming.Contracts.Groups;
using OrleansStreaming.Records.Errors;

namespace OrleansStreaming.Groups.Machine;

public sealed partial class GroupMachine
{
    /// <summary>When <see cref="Tick"/> has something to do next, on the steady clock; <see cref="long.MaxValue"/> for never.</summary>
    public long NextDeadline
    {
        get
        {
            if (_consumers is not null)
            {
                return _consumers.NextDeadline;
            }

            var next = Math.Min(_joinDeadline, _syncDeadline);
            foreach (var deadline in _pendingMembers.Values)
            {
                next = Math.Min(next, deadline);
            }

            foreach (var member in _members.Values)
            {
                next = member.IsExpiring ? Math.Min(next, member.SessionDeadline) : next;
            }

            return next;
        }
    }

    /// <summary>A member is alive: REBALANCE_IN_PROGRESS asks it to join again.</summary>
    public ErrorCode Heartbeat(HeartbeatCommand command, Moment now)
    {
        _now = now;
        if (_consumers is not null)
        {
            return _consumers.Heartbeat(command, now);
        }

        if (Check(command.MemberId, command.InstanceId) is var error and not ErrorCode.None)
        {
            return error;
        }

        if (command.Generation != _generation)
        {
            return ErrorCode.IllegalGeneration;
        }

        Refresh(_members[command.MemberId]);
        return State is GroupState.PreparingRebalance ? ErrorCode.RebalanceInProgress : ErrorCode.None;
    }

    /// <summary>Members leave; one error each, in their order.</summary>
    public ErrorCode[] Leave(IReadOnlyList<LeavingMember> leaving, Moment now)
    {
        _now = now;
        if (_consumers is not null)
        {
            return _consumers.Leave(leaving, now);
        }

        var errors = new ErrorCode[leaving.Count];
        var membersBefore = _members.Count;
        for (var i = 0; i < errors.Length; i++)
        {
            errors[i] = Leave(leaving[i]);
        }

        Settle(membersBefore);
        return errors;
    }

    /// <summary>Does what has become due.</summary>
    public void Tick(Moment now)
    {
        _now = now;
        if (_consumers is not null)
        {
            _consumers.Tick(now);
            return;
        }

        var membersBefore = _members.Count;
        foreach (var (id, _) in _pendingMembers.Where(pending => pending.Value <= now.ElapsedMs).ToList())
        {
            _pendingMembers.Remove(id);
        }

        foreach (var member in _members.Values.Where(member => member.IsExpiring && member.SessionDeadline <= now.ElapsedMs).ToList())
        {
            Expel(member);
        }

        Settle(membersBefore);

        if (_joinDeadline <= now.ElapsedMs)
        {
            if (_isInitialRebalance)
            {
                EndInitialDelay();
            }
            else
            {
                CompleteJoin();
            }
        }

        if (_syncDeadline <= now.ElapsedMs)
        {
            ExpireSyncs();
        }
    }

    private ErrorCode Leave(LeavingMember leaving)
    {
        var id = leaving.MemberId;
        if (id.Length == 0)
        {
            if (leaving.InstanceId is null || !_staticMembers.TryGetValue(leaving.InstanceId, out id!))
            {
                return ErrorCode.UnknownMemberId;
            }
        }
        else if (_pendingMembers.Remove(id))
        {
            return ErrorCode.None;
        }
        else if (Check(id, leaving.InstanceId) is var error and not ErrorCode.None)
        {
            return error;
        }

        Expel(_members[id]);
        return ErrorCode.None;
    }

    /// <summary>Draws the consequences when members have gone, or ids that were given out have lapsed.</summary>
    private void Settle(int membersBefore)
    {
        if (State is GroupState.PreparingRebalance)
        {
            CompleteJoinIfAllJoined();
        }
        else if (_members.Count < membersBefore)
        {
            Prepare();
        }
    }

    /// <summary>Members that got the generation but never asked for their assignment hold the others up: they go.</summary>
    private void ExpireSyncs()
    {
        _syncDeadline = Never;
        var silent = _members.Values.Where(member => !member.HasSynced).ToList();
        if (silent.Count == 0 || State is not (GroupState.CompletingRebalance or GroupState.Stable))
        {
            return;
        }

        silent.ForEach(Expel);
        Prepare();
    }
}
