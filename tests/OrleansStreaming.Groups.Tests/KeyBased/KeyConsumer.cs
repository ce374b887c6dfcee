using OrleansStreaming.Contracts.Groups;
using OrleansStreaming.Groups.Tests.Machine;
using OrleansStreaming.Records.Errors;
using OrleansStreaming.Records.Ids;

namespace OrleansStreaming.Groups.Tests.KeyBased;

/// <summary>A consumer of a key-based group as the contract describes it.</summary>
internal sealed class KeyConsumer(GroupBench bench, KeyedLog log, Random random, string name)
{
    // By unit of slots it owns: where it stands in the partition; null until it knows the progress.
    private readonly Dictionary<int, SlotReader?> _slots = [];
    private readonly HashSet<int> _draining = [];
    private readonly Dictionary<int, HashSet<long>> _unreported = [];
    private int _incarnation;
    private long? _beat;
    private (long Request, FinishedPartition[] Partitions)? _report;
    private bool _mustTellAll;

    public string Id { get; private set; } = $"{name}-0";

    public int Epoch { get; private set; }

    public bool IsStalled { get; set; }

    public IEnumerable<int> Owned => _slots.Keys;

    public void Restart()
    {
        _incarnation++;
        Id = $"{name}-{_incarnation}";
        Abandon();
    }

    public void LoseAnswers()
    {
        _beat = null;
        _report = null;
        _mustTellAll = true;
    }

    public void Beat()
    {
        if (IsStalled)
        {
            return;
        }

        if (_beat is not { } request)
        {
            ReleaseDrained();
            _beat = bench.SendBeat(Id, Epoch, Epoch == 0 ? null : [.. Owned.Order()], assignor: AssignorNames.KeyBased, native: true, full: _mustTellAll);
            _mustTellAll = false;
        }
        else if (bench.IsAnswered(request))
        {
            _beat = null;
            Beaten(bench.Answer<ConsumerHeartbeatResult>(request));
        }
    }

    /// <summary>Finishes the record in hand of some slot, or begins the next one.</summary>
    public void Work()
    {
        if (IsStalled || _slots.Count == 0)
        {
            return;
        }

        for (var i = 0; i < 40; i++)
        {
            var unit = _slots.Keys.ElementAt(random.Next(_slots.Count));
            if (_slots[unit] is { } reader)
            {
                Work(unit, reader);
            }
        }
    }

    public void Report()
    {
        if (IsStalled)
        {
            return;
        }

        if (_report is { } report)
        {
            if (bench.IsAnswered(report.Request))
            {
                _report = null;
                Reported(report.Partitions, bench.Answer<KeyProgressResult>(report.Request));
            }

            return;
        }

        FinishedPartition[] partitions = [.. _slots.Keys.Select(unit => KeySlots.FromUnit(unit).Partition).Union(_unreported.Keys).Distinct().Select(partition => new FinishedPartition
        {
            Partition = new GroupTopicPartition("t", partition),
            Finished = [.. _unreported.GetValueOrDefault(partition, []).Order().Select(offset => new OffsetRange(offset, offset))],
        })];
        if (partitions.Length > 0 && Epoch > 0)
        {
            _report = (bench.Report(Id, Epoch, partitions), partitions);
        }
    }

    private void Work(int unit, SlotReader reader)
    {
        var (partition, slot) = KeySlots.FromUnit(unit);
        if (reader.InHand is { } offset)
        {
            log.Handle(partition, offset);
            reader.InHand = null;
            Finished(partition).Add(offset);
            return;
        }

        if (_draining.Contains(unit))
        {
            return;
        }

        for (; reader.Position < Math.Min(log.End(partition), reader.Start.LowWatermark.Value + FinishedOffsets.Window); reader.Position++)
        {
            if (log.IsGap(partition, reader.Position))
            {
                Finished(partition).Add(reader.Position);
            }
            else if (log.SlotOf(partition, reader.Position) == slot && !reader.Start.Contains(new Offset(reader.Position)))
            {
                reader.InHand = reader.Position++;
                return;
            }
        }
    }

    private void Beaten(ConsumerHeartbeatResult result)
    {
        switch (result.Error)
        {
            case ErrorCode.None:
                Epoch = result.MemberEpoch;
                if (result.Assignment is not null)
                {
                    Assigned(result.Of().ToHashSet());
                }

                break;
            case ErrorCode.UnknownMemberId or ErrorCode.FencedMemberEpoch:
                Abandon();
                break;
            default:
                _mustTellAll = true;
                break;
        }
    }

    private void Assigned(HashSet<int> assigned)
    {
        _draining.UnionWith(_slots.Keys.Where(unit => !assigned.Contains(unit)));
        _draining.ExceptWith(assigned);
        foreach (var unit in assigned)
        {
            _slots.TryAdd(unit, null);
        }
    }

    private void Reported(FinishedPartition[] partitions, KeyProgressResult result)
    {
        if (result.Error is ErrorCode.UnknownMemberId)
        {
            Abandon();
        }

        for (var i = 0; i < result.Partitions.Length; i++)
        {
            Assert.Equal(ErrorCode.None, result.Partitions[i].Error);
            var partition = partitions[i].Partition.Partition;
            Finished(partition).ExceptWith(partitions[i].Finished.Select(range => range.First));
            foreach (var unit in _slots.Keys.Where(unit => _slots[unit] is null && KeySlots.FromUnit(unit).Partition == partition).ToList())
            {
                _slots[unit] = new SlotReader(result.Partitions[i]);
            }
        }
    }

    /// <summary>Slots with nothing in hand and nothing left to report are given up.</summary>
    private void ReleaseDrained()
    {
        foreach (var unit in _draining.Where(unit => _slots[unit]?.InHand is null && Finished(KeySlots.FromUnit(unit).Partition).Count == 0).ToList())
        {
            _draining.Remove(unit);
            _slots.Remove(unit);
        }
    }

    private HashSet<long> Finished(int partition)
    {
        if (!_unreported.TryGetValue(partition, out var finished))
        {
            _unreported.Add(partition, finished = []);
        }

        return finished;
    }

    private void Abandon()
    {
        (_beat, _report, Epoch) = (null, null, 0);
        _slots.Clear();
        _draining.Clear();
        _unreported.Clear();
    }

    private sealed class SlotReader
    {
        public SlotReader(KeyProgress progress)
        {
            Start = new FinishedOffsets(progress.LowWatermark);
            foreach (var range in progress.Ahead)
            {
                Start.TryAdd(range);
            }

            Position = progress.LowWatermark.Value;
        }

        public FinishedOffsets Start { get; }

        public long Position { get; set; }

        public long? InHand { get; set; }
    }
}
