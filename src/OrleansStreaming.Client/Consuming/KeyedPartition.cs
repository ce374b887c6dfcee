using OrleansStreaming.Contracts.Groups;
using OrleansStreaming.Records.Errors;
using OrleansStreaming.Records.Ids;

namespace OrleansStreaming.Client.Consuming;

/// <summary>What becomes of the next record of a partition whose slots are shared with other members.</summary>
internal enum KeyedVerdict
{
    Deliver,

    /// <summary>It is another member's, or finished.</summary>
    Skip,

    /// <summary>It lies beyond the window: not before the group has come further.</summary>
    Wait,
}

/// <summary>
/// The slots that a member of a key-based group has of one partition, and what is finished of it: see
/// <see cref="KeyProgressCommand"/>. Everything here is under the session's gate.
/// </summary>
internal sealed class KeyedPartition(Offset start)
{
    private readonly Dictionary<int, SlotState> _slots = [];
    private readonly List<OffsetRange> _unreported = [];
    private FinishedOffsets _finished = new(start);

    // No gap below it is left to be finished.
    private long _walked = start.Value;
    private long _reportFrom = start.Value + (FinishedOffsets.Window / 4);

    private enum SlotState
    {
        /// <summary>Owned, but how far its former owner came is not known.</summary>
        New,

        Active,

        Draining,
    }

    /// <summary>Where the group begins if it has no position yet.</summary>
    public Offset Start { get; } = start;

    /// <summary>As of the last answer.</summary>
    public Offset LowWatermark { get; private set; } = start;

    /// <summary>Nothing may be read before the group's progress is known.</summary>
    public bool IsKnown { get; private set; }

    /// <summary>The next record lies beyond the window.</summary>
    public bool IsBlocked { get; private set; }

    /// <summary>By number, the slots whose records may be handed out. A slot is added only together with a new beginning; never changed, but replaced.</summary>
    public bool[] Readable { get; private set; } = new bool[KeySlots.PerPartition];

    public Offset ReadLimit => LowWatermark + FinishedOffsets.Window;

    /// <summary>Better to report now than to come to the end of the window.</summary>
    public bool IsReportDue => _walked >= _reportFrom;

    public IEnumerable<int> Slots => _slots.Keys;

    public bool IsEmpty => _slots.Count == 0;

    /// <summary>There is something to ask, or to let go of.</summary>
    public bool IsUnsettled => _slots.ContainsValue(SlotState.New) || _slots.ContainsValue(SlotState.Draining);

    /// <summary>Takes over which slots the member may have: others are drained, new ones wait for the progress.</summary>
    public void Assign(IReadOnlySet<int> slots)
    {
        foreach (var (slot, state) in _slots.ToArray())
        {
            if (!slots.Contains(slot))
            {
                _slots[slot] = SlotState.Draining;
            }
            else if (state is SlotState.Draining)
            {
                _slots[slot] = SlotState.New; // its records were passed over meanwhile
            }
        }

        foreach (var slot in slots)
        {
            _slots.TryAdd(slot, SlotState.New);
        }

        NoteReadable();
    }

    /// <summary>Judges the next record in the order of offsets; offsets before it that hold none are finished.</summary>
    public KeyedVerdict Judge(Offset offset, int slot)
    {
        if (!TryPass(offset) || offset >= ReadLimit)
        {
            IsBlocked = true;
            return KeyedVerdict.Wait;
        }

        _walked = Math.Max(_walked, offset.Value + 1);
        return _slots.TryGetValue(slot, out var state) && state is SlotState.Active && !_finished.Contains(offset) ? KeyedVerdict.Deliver : KeyedVerdict.Skip;
    }

    /// <summary>Goes to an offset before which no further record is; false when that is beyond the window.</summary>
    public bool TryPass(Offset next)
    {
        var until = Math.Min(next.Value, ReadLimit.Value);
        if (_walked < until)
        {
            Finish(new OffsetRange(_walked, until - 1));
            _walked = until;
        }

        IsBlocked = until < next.Value;
        return !IsBlocked;
    }

    public void Finish(OffsetRange range)
    {
        _finished.TryAdd(range);
        if (_unreported.Count > 0 && _unreported[^1].Last + 1 == range.First)
        {
            _unreported[^1] = new OffsetRange(_unreported[^1].First, range.Last);
        }
        else
        {
            _unreported.Add(range);
        }
    }

    /// <summary>What to say and ask now; null when there is nothing.</summary>
    /// <param name="inHand">Slots that the application has records of.</param>
    public KeyedReport? TakeReport(IReadOnlySet<int> inHand)
    {
        if (_unreported.Count == 0 && !IsUnsettled && !IsBlocked && IsKnown)
        {
            return null;
        }

        OffsetRange[] ranges = [.. _unreported];
        _unreported.Clear();
        return new KeyedReport(
            Start,
            ranges,
            [.. _slots.Where(entry => entry.Value is SlotState.New).Select(entry => entry.Key)],
            [.. _slots.Where(entry => entry.Value is SlotState.Draining && !inHand.Contains(entry.Key)).Select(entry => entry.Key)]);
    }

    /// <summary>The report was not taken: it is made again.</summary>
    public void PutBack(KeyedReport report) => _unreported.AddRange(report.Finished);

    /// <summary>The report is committed; true when reading must begin again at the low watermark, for slots that are new.</summary>
    public bool Apply(KeyedReport report, KeyProgress progress)
    {
        _finished = new FinishedOffsets(progress.LowWatermark);
        IsBlocked &= progress.LowWatermark == LowWatermark; // else it would ask again at once
        LowWatermark = progress.LowWatermark;
        IsKnown = true;
        foreach (var range in progress.Ahead.Concat(_unreported))
        {
            _finished.TryAdd(range);
        }

        foreach (var slot in report.Drained.Where(slot => _slots.GetValueOrDefault(slot) is SlotState.Draining))
        {
            _slots.Remove(slot);
        }

        var isMoved = progress.Error is not ErrorCode.None;
        foreach (var slot in report.New.Where(slot => _slots.TryGetValue(slot, out var state) && state is SlotState.New))
        {
            _slots[slot] = SlotState.Active;
            isMoved = true;
        }

        NoteReadable();
        IsBlocked &= !isMoved;
        _walked = isMoved ? LowWatermark.Value : Math.Max(_walked, LowWatermark.Value);
        _reportFrom = _walked + (FinishedOffsets.Window / 4);
        return isMoved;
    }

    private void NoteReadable()
    {
        var readable = new bool[KeySlots.PerPartition];
        foreach (var (slot, state) in _slots)
        {
            readable[slot] = state is SlotState.Active;
        }

        Readable = readable;
    }
}

/// <summary>What is said and asked of one partition: ranges that are finished, slots that are new, slots that are given up with it.</summary>
internal sealed record KeyedReport(Offset Start, OffsetRange[] Finished, int[] New, int[] Drained);
