namespace OrleansStreaming.Chaos.Groups;

/// <summary>A consumer read this record. Times here are the machine's monotonic clock, the same in all its processes.</summary>
internal readonly record struct GroupRead(int Consumer, int Partition, long Offset, long At);

/// <summary>A commit that was acknowledged.</summary>
internal readonly record struct GroupCommit(int Consumer, int Partition, long Offset, long SentAt, long AnsweredAt);

/// <summary>A consumer owned a partition from then until then; <see cref="long.MaxValue"/>: still.</summary>
/// <param name="IsLost">It learnt too late that it was no longer a member.</param>
internal sealed record Hold(int Consumer, int Partition, long From, long Until = long.MaxValue, bool IsLost = false);

/// <summary>What the group's coordinator answered to somebody who asked for a committed offset; -1: none.</summary>
internal readonly record struct CommittedSample(int Partition, long Offset, long AskedAt, long AnsweredAt);

/// <summary>Everything the consumers of a group did and saw. Any thread.</summary>
internal sealed class GroupHistory
{
    private readonly Lock _lock = new();
    private readonly List<Hold> _holds = [];
    private readonly List<GroupRead> _reads = [];
    private readonly List<GroupCommit> _commits = [];
    private readonly List<CommittedSample> _samples = [];
    private readonly List<string> _wrong = [];
    private readonly Dictionary<string, int> _refusals = [];
    private int _releases;

    public IReadOnlyList<Hold> Holds => Copy(_holds);

    public IReadOnlyList<GroupRead> Reads => Copy(_reads);

    public IReadOnlyList<GroupCommit> Commits => Copy(_commits);

    public IReadOnlyList<CommittedSample> Samples => Copy(_samples);

    /// <summary>What no consumer should meet.</summary>
    public IReadOnlyList<string> Errors => Copy(_wrong);

    /// <summary>How often a commit was refused, by error.</summary>
    public string Refusals
    {
        get
        {
            lock (_lock)
            {
                return string.Join(", ", _refusals.Select(refusal => $"{refusal.Value} {refusal.Key}"));
            }
        }
    }

    /// <summary>How often a living consumer gave partitions up.</summary>
    public int Releases
    {
        get
        {
            lock (_lock)
            {
                return _releases;
            }
        }
    }

    /// <summary>Who owns each partition now.</summary>
    public ILookup<int, int> Owners
    {
        get
        {
            lock (_lock)
            {
                return _holds.Where(hold => hold.Until == long.MaxValue).ToLookup(hold => hold.Partition, hold => hold.Consumer);
            }
        }
    }

    public void Assigned(int consumer, IEnumerable<long> partitions, long at)
    {
        lock (_lock)
        {
            _holds.AddRange(partitions.Select(partition => new Hold(consumer, (int)partition, at)));
        }
    }

    public void Released(int consumer, long[] partitions, long at, bool isLost)
    {
        lock (_lock)
        {
            _releases += partitions.Length > 0 ? 1 : 0;
            Close(hold => hold.Consumer == consumer && partitions.Contains(hold.Partition), at, isLost);
        }
    }

    /// <summary>The consumer is no more.</summary>
    public void Ended(int consumer, long at)
    {
        lock (_lock)
        {
            Close(hold => hold.Consumer == consumer, at, isLost: false);
        }
    }

    public void Read(GroupRead read) => Add(_reads, read);

    public void Committed(GroupCommit commit) => Add(_commits, commit);

    public void Sampled(CommittedSample sample) => Add(_samples, sample);

    public void Wrong(string error) => Add(_wrong, error);

    public void Refused(string error)
    {
        lock (_lock)
        {
            _refusals[error] = _refusals.GetValueOrDefault(error) + 1;
        }
    }

    private void Close(Func<Hold, bool> isMeant, long at, bool isLost)
    {
        for (var i = 0; i < _holds.Count; i++)
        {
            if (_holds[i].Until == long.MaxValue && isMeant(_holds[i]))
            {
                _holds[i] = _holds[i] with { Until = at, IsLost = isLost };
            }
        }
    }

    private void Add<T>(List<T> list, T item)
    {
        lock (_lock)
        {
            list.Add(item);
        }
    }

    private T[] Copy<T>(List<T> list)
    {
        lock (_lock)
        {
            return [.. list];
        }
    }
}
