using OrleansStreaming.Replication.Replicas;

namespace OrleansStreaming.Replication.Links;

/// <summary>
/// Replicas that have something for one broker, each at most once, in the order in which they came. Those that catch up stand
/// apart, so that they cannot hold up the others. One caller at a time.
/// </summary>
internal sealed class ReadyQueue
{
    private readonly Queue<LocalReplica> _live = new();
    private readonly Queue<LocalReplica> _catchingUp = new();
    private readonly HashSet<LocalReplica> _queued = [];
    private readonly Dictionary<LocalReplica, (TimeSpan At, TimeSpan WakeAt, bool IsCatchingUp)> _later = [];
    private readonly List<LocalReplica> _due = [];

    // Those of the ones for later that may go with others' messages, in the order of their times; who has gone meanwhile is skipped.
    private readonly Queue<(LocalReplica Replica, TimeSpan At)> _riders = new();
    private TimeSpan? _wakeAt;

    public bool IsEmpty => _live.Count == 0 && _catchingUp.Count == 0;

    public bool HasCatchUp => _catchingUp.Count > 0;

    public void Add(LocalReplica replica, bool isCatchingUp)
    {
        _later.Remove(replica);
        if (_queued.Add(replica))
        {
            (isCatchingUp ? _catchingUp : _live).Enqueue(replica);
        }
    }

    /// <summary>Not before a moment; true when it wants to be woken for earlier than anything else that waits.</summary>
    /// <param name="mayRide">It may also go with a message that is sent before.</param>
    /// <param name="slack">So much later will do, if nothing else wakes the link from its moment on.</param>
    public bool AddLater(LocalReplica replica, bool isCatchingUp, TimeSpan at, bool mayRide = false, TimeSpan slack = default)
    {
        if (_queued.Contains(replica) || (_later.TryGetValue(replica, out var known) && known.At <= at))
        {
            return false;
        }

        var wakeAt = at + slack;
        _later[replica] = (at, wakeAt, isCatchingUp);
        if (mayRide)
        {
            _riders.Enqueue((replica, at));
        }

        if (_wakeAt <= wakeAt)
        {
            return false;
        }

        _wakeAt = wakeAt;
        return true;
    }

    /// <summary>Those whose time has come stand in line now; answers when to come again for the next, null when none waits.</summary>
    public TimeSpan? AddDue(TimeSpan now)
    {
        _wakeAt = null;
        foreach (var (replica, (at, wakeAt, _)) in _later)
        {
            if (at <= now)
            {
                _due.Add(replica);
            }
            else if (!(_wakeAt <= wakeAt))
            {
                _wakeAt = wakeAt;
            }
        }

        foreach (var replica in _due)
        {
            Add(replica, _later[replica].IsCatchingUp);
        }

        _due.Clear();
        while (_riders.TryPeek(out var rider) && rider.At <= now)
        {
            _riders.Dequeue();
        }

        return _wakeAt;
    }

    /// <summary>One that may go before its time, which comes by <paramref name="until"/>; null when there is none.</summary>
    public LocalReplica? TakeRider(TimeSpan until)
    {
        while (_riders.TryPeek(out var rider) && rider.At <= until)
        {
            _riders.Dequeue();
            if (_later.TryGetValue(rider.Replica, out var known) && known.At == rider.At)
            {
                _later.Remove(rider.Replica);
                return rider.Replica;
            }
        }

        return null;
    }

    public LocalReplica? Take(bool isCatchingUp)
    {
        if (!(isCatchingUp ? _catchingUp : _live).TryDequeue(out var replica))
        {
            return null;
        }

        _queued.Remove(replica);
        return replica;
    }
}
