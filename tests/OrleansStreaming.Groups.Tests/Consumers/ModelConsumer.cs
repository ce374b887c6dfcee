using OrleansStreaming.Contracts.Groups;
using OrleansStreaming.Groups.Machine;
using OrleansStreaming.Groups.Tests.Machine;
using OrleansStreaming.Records.Errors;

namespace OrleansStreaming.Groups.Tests.Consumers;

/// <summary>
/// A consumer as clients of either protocol behave; it owns what it was told, until it has given that up. With the classic protocol it
/// is eager, or cooperative: then it goes on working while it joins.
/// </summary>
internal sealed class ModelConsumer(GroupBench bench, Random random, string name, bool isStatic, bool isCooperative, bool isClassic)
{
    public const int Partitions = 6;

    private int _incarnation;
    private long? _request;
    private bool _needsToSync;
    private bool _needsToJoin = true;
    private bool _mustTellOwned = true;
    private bool _mustTellAll;
    private (string, byte[])[] _assignments = [];

    public string Name => name;

    public string? Instance { get; } = isStatic ? name : null;

    public bool IsClassic { get; private set; } = isClassic;

    public string Id { get; private set; } = isClassic ? "" : $"{name}-0";

    /// <summary>Member epoch or generation.</summary>
    public int Epoch { get; private set; } = isClassic ? -1 : 0;

    public bool IsStalled { get; set; }

    public HashSet<int> Owned { get; } = [];

    public long[] Positions { get; } = new long[Partitions];

    public bool IsSettled => !_needsToJoin && !_needsToSync;

    /// <summary>The process ends and another starts, with what it was configured to be.</summary>
    public void Restart(bool isClassic)
    {
        IsClassic = isClassic;
        _incarnation++;
        Rejoin(isClassic ? "" : $"{name}-{_incarnation}");
    }

    public void LoseAnswer()
    {
        _request = null;
        _mustTellAll = true;
    }

    /// <summary>Leaves as clients do when they are closed.</summary>
    public void Close(bool isClassic)
    {
        if (IsClassic && Id.Length > 0)
        {
            bench.Leave(Id, Instance);
        }
        else if (!IsClassic)
        {
            bench.SendBeat(Id, Instance is null ? MemberEpochs.Leave : MemberEpochs.LeaveForNow, instance: Instance);
        }

        Restart(isClassic);
    }

    public void Act()
    {
        if (IsStalled)
        {
            return;
        }

        if (_request is { } request)
        {
            if (bench.IsAnswered(request))
            {
                _request = null;
                Answered(request);
            }
        }
        else if (IsClassic)
        {
            ActClassic();
        }
        else
        {
            // After an answer that was lost a client says everything, and is told everything.
            _request = Epoch == 0
                ? bench.SendBeat(Id, 0, instance: Instance)
                : bench.SendBeat(Id, Epoch, _mustTellAll || _mustTellOwned || random.Next(2) == 0 ? [.. Owned.Order()] : null, instance: Instance, full: _mustTellAll);
            _mustTellAll = _mustTellOwned = false;
        }
    }

    private void ActClassic()
    {
        if (_needsToJoin)
        {
            _request = bench.Join(Id, Instance, knownId: true, skips: true, protocols: ("range", Subscription()));
        }
        else if (_needsToSync)
        {
            _request = bench.Sync(Id, Epoch, Instance, _assignments);
        }
        else if (bench.Heartbeat(Id, Epoch, Instance) is var error and not ErrorCode.None)
        {
            Refused(error);
        }
    }

    private void Answered(long request)
    {
        if (!IsClassic)
        {
            Beaten(bench.Answer<ConsumerHeartbeatResult>(request));
        }
        else if (_needsToJoin)
        {
            Joined(bench.Joined(request));
        }
        else
        {
            Synced(bench.Synced(request));
        }
    }

    private void Beaten(ConsumerHeartbeatResult result)
    {
        switch (result.Error)
        {
            case ErrorCode.None:
                _needsToJoin = false;
                Epoch = result.MemberEpoch;
                if (result.Assignment is not null)
                {
                    var assigned = result.Of();
                    _mustTellOwned |= Owned.RemoveWhere(partition => !assigned.Contains(partition)) > 0;
                    Own(assigned);
                }

                break;
            case ErrorCode.UnknownMemberId or ErrorCode.FencedMemberEpoch:
                Rejoin(Id);
                break;
            case ErrorCode.FencedInstanceId:
                Restart(IsClassic);
                break;
            default:
                _mustTellAll = true;
                break;
        }
    }

    private void Joined(JoinGroupResult result)
    {
        if (result.Error is not ErrorCode.None)
        {
            Id = result.Error is ErrorCode.MemberIdRequired ? result.MemberId : Id;
            Refused(result.Error);
            return;
        }

        (Id, Epoch, _needsToJoin, _needsToSync) = (result.MemberId, result.Generation, false, true);
        _assignments = result.Leader == result.MemberId && !result.SkipAssignment ? Assign(result.Members) : [];
    }

    /// <summary>What another member says that it owns is not given away before it has let go of it.</summary>
    private static (string, byte[])[] Assign(JoinedMember[] members)
    {
        var owned = Array.ConvertAll(members, member => ConsumerSubscription.Read(member.Metadata)!.Owned.Select(partition => partition.Partition).ToHashSet());
        return [.. members.Select((member, i) => (member.MemberId, ConsumerSubscription.WriteAssignment(
            1, [("t", [.. Enumerable.Range(0, Partitions).Where(partition => partition % members.Length == i && !owned.Where((_, j) => j != i).Any(others => others.Contains(partition)))])])))];
    }

    private void Synced(SyncGroupResult result)
    {
        if (result.Error is not ErrorCode.None)
        {
            Refused(result.Error);
            return;
        }

        _needsToSync = false;
        var assigned = ConsumerSubscription.ReadAssignment(result.Assignment)!.Select(partition => partition.Partition).ToHashSet();
        _needsToJoin = Owned.RemoveWhere(partition => !assigned.Contains(partition)) > 0;
        Own(assigned);
    }

    private void Own(IEnumerable<int> partitions)
    {
        foreach (var partition in partitions.Where(Owned.Add))
        {
            Positions[partition] = Math.Max(bench.Committed(partition: partition), 0);
        }
    }

    private void Refused(ErrorCode error)
    {
        switch (error)
        {
            case ErrorCode.UnknownMemberId or ErrorCode.FencedInstanceId or ErrorCode.IllegalGeneration:
                Rejoin("");
                break;
            case ErrorCode.CoordinatorNotAvailable:
                break;
            default:
                if (!isCooperative)
                {
                    Owned.Clear();
                }

                (_needsToJoin, _needsToSync) = (true, false);
                break;
        }
    }

    private void Rejoin(string id)
    {
        _request = null;
        Owned.Clear();
        (Id, Epoch, _needsToJoin, _needsToSync) = (id, IsClassic ? -1 : 0, true, false);
    }

    /// <summary>Version 1: topics, no user data, and what is owned, which the beginning of an assignment is written like.</summary>
    private byte[] Subscription() =>
        [0, 1, 0, 0, 0, 1, 0, 1, (byte)'t', 255, 255, 255, 255, .. ConsumerSubscription.WriteAssignment(1, Owned.Count == 0 ? [] : [("t", [.. Owned.Order()])])[2..^4]];
}
