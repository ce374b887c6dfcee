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
    private readonly Dictionary<LocalReplica, (TimeSpan At, bool IsCatchingUp)> _later = [];
    private readonly List<LocalReplica> _due = [];

    // Those of the ones for later that may go with others' messages, in the order of their times; who has gone meanwhile is skipped.
    private readonly Queue<(LocalReplica Replica, TimeSpan At)> _riders = new();
    private TimeSpan? _nextAt;

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

    /// <summary>Not before a moment; true when that is earlier than anything else that waits.</summary>
    /// <param name="mayRide">It may also go with a message that is sent before.</param>
    public bool AddLater(LocalReplica replica, bool isCatchingUp, TimeSpan at, bool mayRide = false)
    {
        if (_queued.Contains(replica) || (_later.TryGetValue(replica, out var known) && known.At <= at))
        {
            return false;
        }

        _later[replica] = (at, isCatchingUp);
        if (mayRide)
        {
            _riders.Enqueue((replica, at));
        }

        if (_nextAt <= at)
        {
            return false;
        }

        _nextAt = at;
        return true;
    }

    /// <summary>Those whose time has come stand in line now; answers when the next one's comes, null when none waits.</summary>
    public TimeSpan? AddDue(TimeSpan now)
    {
        _nextAt = null;
        foreach (var (replica, (at, _)) in _later)
        {
            if (at <= now)
            {
                _due.Add(replica);
            }
            else if (!(_nextAt <= at))
            {
                _nextAt = at;
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

        return _nextAt;
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
