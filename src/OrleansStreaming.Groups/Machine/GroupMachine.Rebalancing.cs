using OrleansStreaming.Contracts.Groups;
using OrleansStreaming.Records.Errors;

namespace OrleansStreaming.Groups.Machine;

public sealed partial class GroupMachine
{
    private long _joinDeadline = Never;
    private long _syncDeadline = Never;

    // The first rebalance of an empty group waits for members that start at about the same time.
    private bool _isInitialRebalance;
    private bool _hasNewJoiner;
    private long _initialDelay;
    private long _initialTimeLeft;

    /// <summary>Starts a rebalance, or moves on one that waits for members.</summary>
    private void Rebalance()
    {
        if (State is GroupState.PreparingRebalance)
        {
            CompleteJoinIfAllJoined();
        }
        else
        {
            Prepare();
        }
    }

    private void Prepare()
    {
        if (State is GroupState.CompletingRebalance)
        {
            AnswerAllSyncs(ErrorCode.RebalanceInProgress);
        }

        _syncDeadline = Never;
        _isInitialRebalance = State is GroupState.Empty or GroupState.Dead;
        Enter(GroupState.PreparingRebalance);
        if (_isInitialRebalance)
        {
            _hasNewJoiner = false;
            _initialDelay = _settings.InitialRebalanceDelayMs;
            _initialTimeLeft = Math.Max(RebalanceTimeoutMs - _initialDelay, 0);
            _joinDeadline = _now.ElapsedMs + _initialDelay;
            if (_initialDelay == 0)
            {
                CompleteJoin();
            }
        }
        else if (HaveAllJoined || _members.Count == 0)
        {
            CompleteJoin();
        }
        else
        {
            _joinDeadline = _now.ElapsedMs + RebalanceTimeoutMs;
        }
    }

    private void CompleteJoinIfAllJoined()
    {
        if (!_isInitialRebalance && HaveAllJoined)
        {
            CompleteJoin();
        }
    }

    private void EndInitialDelay()
    {
        if (!_hasNewJoiner || _initialTimeLeft == 0)
        {
            CompleteJoin();
            return;
        }

        _hasNewJoiner = false;
        var delay = Math.Min(_settings.InitialRebalanceDelayMs, _initialTimeLeft);
        _initialTimeLeft = Math.Max(_initialTimeLeft - _initialDelay, 0);
        _initialDelay = delay;
        _joinDeadline = _now.ElapsedMs + delay;
    }

    /// <summary>Begins the next generation with those that have joined; static members stay until their session ends.</summary>
    private void CompleteJoin()
    {
        _joinDeadline = Never;
        foreach (var member in _members.Values.Where(member => !member.IsJoining && !member.IsStatic).ToList())
        {
            Remove(member);
        }

        if (_members.Count == 0)
        {
            BecomeEmpty();
        }
        else if (!ElectLeader())
        {
            // Only static members are left and none has come: their sessions decide.
            _isInitialRebalance = false;
            _joinDeadline = _now.ElapsedMs + RebalanceTimeoutMs;
        }
        else
        {
            BeginGeneration();
        }
    }

    private bool ElectLeader()
    {
        if (_leader is null || !_members[_leader].IsJoining)
        {
            if (_members.Values.FirstOrDefault(member => member.IsJoining)?.Id is not { } next)
            {
                return false;
            }

            _leader = next;
        }

        return true;
    }

    private void BecomeEmpty()
    {
        _isInitialRebalance = false;
        _generation++;
        _protocol = null;
        Enter(GroupState.Empty);
        Write(MetadataOfGeneration(), static _ => { });
    }

    private void BeginGeneration()
    {
        _isInitialRebalance = false;
        _generation++;
        _protocol = ProtocolChoice.Of(_members.Values);
        _assignmentWriteOf = -1;
        Enter(GroupState.CompletingRebalance);
        foreach (var member in _members.Values)
        {
            member.IsNew = false;
            member.HasSynced = false;
            member.Assignment = [];
            AnswerJoin(member, Joined(member));
        }

        _syncDeadline = _now.ElapsedMs + RebalanceTimeoutMs;
    }

    private GroupWrite MetadataOfGeneration(IReadOnlyDictionary<string, byte[]>? assignments = null) => new()
    {
        GroupId = _groupId,
        Records = _tombstonesDue,
        MetadataChange = GroupMetadataChange.Put,
        Metadata = new GroupMetadata
        {
            ProtocolType = _protocolType ?? "",
            Generation = _generation,
            Protocol = _protocol,
            Leader = _leader,
            StateTimestamp = _stateTimestamp,
            Members = [.. _members.Values.Select(member => new GroupMemberMetadata
            {
                MemberId = member.Id,
                InstanceId = member.InstanceId,
                ClientId = member.ClientId,
                ClientHost = member.ClientHost,
                SessionTimeoutMs = member.SessionTimeoutMs,
                RebalanceTimeoutMs = member.RebalanceTimeoutMs,
                Subscription = member.MetadataFor(_protocol),
                Assignment = assignments is null ? member.Assignment : assignments.GetValueOrDefault(member.Id, []),
            })],
        },
    };
}
