using OrleansStreaming.Records.Ids;
using OrleansStreaming.Storage.Compaction;
using OrleansStreaming.Storage.Logs;

namespace OrleansStreaming.Replication.Compaction;

/// <summary>
/// Which log is compacted next: of those that are due the dirtiest, none twice at a time, none that cannot be compacted. Any
/// thread.
/// </summary>
internal sealed class DirtyLogs
{
    private readonly Lock _gate = new();
    private readonly HashSet<PartitionLog> _taken = [];
    private readonly HashSet<PartitionLog> _failed = [];
    private readonly Dictionary<PartitionLog, (string Reason, bool IsDamaged)> _uncleanable = [];
    private double _maxRatio;

    /// <summary>Of the logs looked at last, the greatest dirty ratio; 0 to 1.</summary>
    public double MaxRatio => Volatile.Read(ref _maxRatio);

    /// <summary>Logs that cannot be compacted until they are opened again or repaired, and why.</summary>
    public IReadOnlyCollection<(TopicPartition Partition, string Reason)> Uncleanable
    {
        get
        {
            lock (_gate)
            {
                return [.. _uncleanable.Select(x => (x.Key.Partition, x.Value.Reason))];
            }
        }
    }

    /// <summary>The log to compact now, and below which offset; null when none is due. Give it back with <see cref="Return"/>.</summary>
    /// <param name="open">The logs that are open, and each one's last stable offset.</param>
    public (PartitionLog Log, Offset LastStable)? Take(IReadOnlyCollection<(PartitionLog Log, Offset LastStable)> open)
    {
        lock (_gate)
        {
            Forget([.. open.Select(x => x.Log)]);
            (PartitionLog, Offset)? dirtiest = null;
            var ratio = -1.0;
            var maxRatio = 0.0;
            foreach (var (log, lastStable) in open)
            {
                if (!log.IsCompacted || _taken.Contains(log) || _uncleanable.ContainsKey(log) || TryLook(log, lastStable) is not { } look)
                {
                    continue;
                }

                maxRatio = Math.Max(maxRatio, look.Ratio);
                if (look.Ratio > ratio && !_failed.Contains(log) && log.IsCompactionDue(look))
                {
                    ratio = look.Ratio;
                    dirtiest = (log, lastStable);
                }
            }

            Volatile.Write(ref _maxRatio, maxRatio);
            if (dirtiest is { } found)
            {
                _taken.Add(found.Item1);
            }

            return dirtiest;
        }
    }

    /// <summary>Gives a log back; null when its compaction was cancelled.</summary>
    public void Return(PartitionLog log, CompactionResult? result)
    {
        lock (_gate)
        {
            _taken.Remove(log);
            switch (result?.Outcome)
            {
                case CompactionOutcome.Damaged or CompactionOutcome.Unsupported:
                    _uncleanable[log] = (result.Message ?? "", result.Outcome == CompactionOutcome.Damaged);
                    break;
                case CompactionOutcome.Cleaned or null:
                    break;
                default:
                    // Others first; it gets another chance after the backoff.
                    _failed.Add(log);
                    break;
            }
        }
    }

    /// <summary>After a backoff everything may be tried again.</summary>
    public void BeginRound()
    {
        lock (_gate)
        {
            _failed.Clear();
        }
    }

    private void Forget(HashSet<PartitionLog> open)
    {
        _failed.IntersectWith(open);
        foreach (var (log, (_, isDamaged)) in _uncleanable)
        {
            if (!open.Contains(log) || (isDamaged && log.Corruption is null))
            {
                _uncleanable.Remove(log);
            }
        }
    }

    private static LogDirtiness? TryLook(PartitionLog log, Offset lastStable)
    {
        try
        {
            return log.Dirtiness(lastStable);
        }
        catch (IOException)
        {
            return null;
        }
    }
}
