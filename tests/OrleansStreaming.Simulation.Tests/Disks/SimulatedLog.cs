using OrleansStreaming.Contracts.Replication;
using OrleansStreaming.Records.Errors;
using OrleansStreaming.Records.Ids;
using OrleansStreaming.Replication.Partitions;
using OrleansStreaming.Simulation.Tests.Engine;

namespace OrleansStreaming.Simulation.Tests.Disks;

/// <summary>
/// A replica's log on a simulated disk: what was not synced may be gone after a power cut, and what was cut off since the last
/// sync may be back. The leader epochs are those of the batches, plus the ones that began at the end without a record yet.
/// </summary>
internal sealed class SimulatedLog(bool countsOnlySynced) : IReplicaLog
{
    private readonly List<SimulatedBatch> _batches = [];
    private readonly List<(int Epoch, long Start)> _epochs = [];
    private readonly SortedSet<long> _rotten = [];
    private SimulatedBatch[] _cutOff = [];
    private long? _damagedFrom;
    private long _start;
    private long _end;

    /// <summary>Called when batches were cut off.</summary>
    public Action? Cut { get; set; }

    /// <summary>The disk takes no writes.</summary>
    public bool IsFull { get; set; }

    /// <summary>The disk has forgotten what some batches were, whether that was found out or not.</summary>
    public bool IsRotten => _rotten.Count > 0;

    public bool IsDamaged => _damagedFrom is not null;

    public IReadOnlyList<SimulatedBatch> Batches => _batches;

    public long SyncedEnd { get; private set; }

    public Offset LogStart => new(_start);

    public Offset LogEnd => new(_end);

    public Offset DurableEnd => new(countsOnlySynced ? SyncedEnd : _end);

    public LeaderEpoch LatestEpoch => new(_epochs.Count == 0 ? -1 : _epochs[^1].Epoch);

    public LeaderEpoch LastEpoch => new(_batches.Count == 0 ? -1 : _batches[^1].Epoch);

    public EpochEnd SoundEnd
    {
        get
        {
            var end = Math.Min(_damagedFrom ?? long.MaxValue, _end);
            var index = IndexOf(end) - 1;
            return new EpochEnd(new LeaderEpoch(index >= 0 ? _batches[index].Epoch : -1), new Offset(end));
        }
    }

    /// <summary>The batch at or after the offset by position in <see cref="Batches"/>; their count when there is none.</summary>
    public int IndexOf(long offset)
    {
        var (low, high) = (0, _batches.Count);
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (_batches[middle].End <= offset)
            {
                low = middle + 1;
            }
            else
            {
                high = middle;
            }
        }

        return low;
    }

    /// <summary>Appends as a leader; null when the disk refuses.</summary>
    public SimulatedBatch? Append(int count, int epoch, int producer, long sequence)
    {
        if (IsFull)
        {
            return null;
        }

        var batch = new SimulatedBatch(_end, count, epoch, producer, sequence);
        Add(batch);
        return batch;
    }

    /// <summary>The last sequence a producer wrote, and where; null when it wrote none. As producer state: from the log alone.</summary>
    public SimulatedBatch? LastOf(int producer)
    {
        for (var i = _batches.Count - 1; i >= 0; i--)
        {
            if (_batches[i].Producer == producer)
            {
                return _batches[i];
            }
        }

        return null;
    }

    /// <summary>Whole batches from the offset on; none when the first one is damaged, which is noted.</summary>
    public byte[] Read(long from, int maxBatches)
    {
        var first = IndexOf(from);
        var count = CountGood(first, Math.Min(maxBatches, _batches.Count - first));
        var bytes = new byte[Math.Max(0, count) * SimulatedBatch.Size];
        for (var i = 0; i < count; i++)
        {
            _batches[first + i].Write(bytes.AsSpan(i * SimulatedBatch.Size));
        }

        return bytes;
    }

    /// <summary>How many batches of so many can be read from a position on.</summary>
    public int CountGood(int first, int count)
    {
        for (var i = 0; i < count && _rotten.Count > 0; i++)
        {
            if (_rotten.Contains(_batches[first + i].BaseOffset))
            {
                _damagedFrom = Math.Min(_damagedFrom ?? long.MaxValue, _batches[first + i].BaseOffset);
                return i;
            }
        }

        return count;
    }

    /// <summary>The disk forgets a batch; nobody knows until it is read.</summary>
    public void Rot(int index) => _rotten.Add(_batches[index].BaseOffset);

    /// <summary>Reads everything, which finds all damage.</summary>
    public void Scrub() => CountGood(0, _batches.Count);

    public void DropDamaged() => TruncateTo(new Offset(_damagedFrom ?? _end));

    /// <summary>Ends the log where the disk has forgotten something; false when it has not.</summary>
    public bool CutAtRot()
    {
        var isRotten = IsRotten;
        Scrub();
        DropDamaged();
        return isRotten;
    }

    /// <summary>The file has become shorter while nobody had it open.</summary>
    public void LoseTail(long end)
    {
        TruncateTo(new Offset(end));
        _cutOff = [];
        Reopen();
    }

    public EpochEnd EndOffsetFor(LeaderEpoch epoch)
    {
        if (epoch.Value < 0 || _epochs.Count == 0 || epoch.Value > _epochs[^1].Epoch)
        {
            return new EpochEnd(LeaderEpoch.None, Offset.None);
        }

        var higher = _epochs.FindIndex(entry => entry.Epoch > epoch.Value);
        return higher switch
        {
            < 0 => new EpochEnd(new LeaderEpoch(_epochs[^1].Epoch), LogEnd),
            0 => new EpochEnd(epoch, new Offset(_epochs[0].Start)),
            _ => new EpochEnd(new LeaderEpoch(_epochs[higher - 1].Epoch), new Offset(_epochs[higher].Start)),
        };
    }

    public void BeginEpoch(LeaderEpoch epoch) => Assign(epoch.Value, _end);

    public ErrorCode AppendAsFollower(ReadOnlyMemory<byte> batches)
    {
        for (var rest = batches.Span; rest.Length > 0; rest = rest[SimulatedBatch.Size..])
        {
            if (IsFull)
            {
                return ErrorCode.KafkaStorageError;
            }

            var batch = SimulatedBatch.Read(rest);
            if (batch.BaseOffset != _end)
            {
                throw new InvalidOperationException($"A batch at {batch.BaseOffset} was appended to a log that ends at {_end}.");
            }

            Add(batch);
        }

        return ErrorCode.None;
    }

    public void TruncateTo(Offset offset)
    {
        if (offset.Value < _start)
        {
            TruncateFullyAndStartAt(offset);
            return;
        }

        var keep = IndexOf(offset.Value);
        if (keep < _batches.Count)
        {
            _cutOff = [.. _batches[keep..]];
            var end = Math.Min(offset.Value, _batches[keep].BaseOffset);
            _batches.RemoveRange(keep, _batches.Count - keep);
            _end = end;
            SyncedEnd = Math.Min(SyncedEnd, end);
            ForgetRot();
            Cut?.Invoke();
        }

        _epochs.RemoveAll(entry => entry.Start >= _end && entry.Epoch > LastEpoch.Value);
    }

    public void TruncateFullyAndStartAt(Offset offset)
    {
        _cutOff = [];
        _batches.Clear();
        _epochs.Clear();
        _start = offset.Value;
        _end = offset.Value;
        SyncedEnd = offset.Value;
        ForgetRot();
        Cut?.Invoke();
    }

    public void AdvanceLogStart(Offset offset) => _start = Math.Max(_start, Math.Min(offset.Value, _end));

    public void Sync()
    {
        SyncedEnd = _end;
        _cutOff = [];
    }

    /// <summary>After the process ended: epochs are known from the batches alone, and damage is found anew.</summary>
    public void Reopen()
    {
        _damagedFrom = null;
        _epochs.Clear();
        foreach (var batch in _batches)
        {
            Assign(batch.Epoch, batch.BaseOffset);
        }
    }

    /// <summary>What was not synced is gone, or a part of it; what was cut off and not synced since may be back.</summary>
    public void LosePower(Chance chance)
    {
        if (_cutOff.Length > 0 && _end == _cutOff[0].BaseOffset && chance.Of(0.5))
        {
            _batches.AddRange(_cutOff);
            _end = _cutOff[^1].End;
        }
        else if (_end > SyncedEnd)
        {
            var keep = new Offset(chance.Between(SyncedEnd, _end));
            var index = IndexOf(keep.Value);
            _end = index < _batches.Count ? _batches[index].BaseOffset : _end;
            _batches.RemoveRange(index, _batches.Count - index);
        }

        _cutOff = [];
        SyncedEnd = _end;
        ForgetRot();
        Reopen();
    }

    private void ForgetRot()
    {
        _rotten.RemoveWhere(offset => offset >= _end);
        _damagedFrom = _damagedFrom < _end ? _damagedFrom : null;
    }

    private void Add(in SimulatedBatch batch)
    {
        Assign(batch.Epoch, batch.BaseOffset);
        _batches.Add(batch);
        _end = batch.End;
    }

    private void Assign(int epoch, long start)
    {
        if (_epochs.Count > 0 && _epochs[^1].Epoch == epoch)
        {
            return;
        }

        _epochs.RemoveAll(entry => entry.Epoch >= epoch || entry.Start >= start);
        _epochs.Add((epoch, start));
    }
}
