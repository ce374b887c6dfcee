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
    public bool AddLater(LocalReplica replica, bool isCatchingUp, TimeSpan at)
    {
        if (_queued.Contains(replica) || (_later.TryGetValue(replica, out var known) && known.At <= at))
        {
            return false;
        }

        _later[replica] = (at, isCatchingUp);
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
        return _nextAt;
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
