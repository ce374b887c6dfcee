using OrleansStreaming.Client.Groups;
using OrleansStreaming.Contracts.Groups;
using OrleansStreaming.Records.Ids;

namespace OrleansStreaming.Client.Consuming;

internal sealed partial class ConsumerSession
{
    // What the application has of slots, also of an enumeration that it broke off: finished with the next record it asks for.
    private readonly List<(KeyedPartition Partition, Offset Offset, int Slot)> _keyedInHand = [];

    // Processed and, with manual commits, not to be reported yet.
    private readonly List<(KeyedPartition Partition, Offset Offset)> _keyedProcessed = [];

    /// <summary>The group hands out key slots instead of partitions.</summary>
    public bool IsKeyBased => IsGroupMember && Options.IsKeyBased;

    /// <summary>Who reports instead of committing positions, while this consumer is a member of a key-based group.</summary>
    public KeyGroupMember? KeyReports { get; set; }

    /// <summary>Something of a slot is finished that others wait for.</summary>
    public AsyncSignal KeyedNews { get; } = new();

    /// <summary>By partition, the slots that this member has not let go of.</summary>
    public IReadOnlyDictionary<TopicPartition, int[]> OwnedSlots()
    {
        lock (_gate)
        {
            return Keyed().ToDictionary(state => state.Partition, state => state.Keyed!.Slots.Order().ToArray());
        }
    }

    /// <summary>Takes over the slots of partitions that are read already; those of others are left to <see cref="AddKeyedAsync"/>.</summary>
    public void AssignSlots(IReadOnlyDictionary<TopicPartition, HashSet<int>> slots)
    {
        lock (_gate)
        {
            foreach (var state in Keyed())
            {
                state.Keyed!.Assign(slots.GetValueOrDefault(state.Partition) ?? []);
            }
        }
    }

    /// <summary>Begins with partitions of which the member has its first slots; nothing is read before the group's progress is known.</summary>
    public async Task AddKeyedAsync(
        IReadOnlyDictionary<TopicPartition, Offset> starts, IReadOnlyDictionary<TopicPartition, HashSet<int>> slots, CancellationToken cancellationToken) =>
        await AddAsync(
            starts,
            (partition, start) =>
            {
                var keyed = new KeyedPartition(start);
                keyed.Assign(slots[partition]);
                return keyed;
            },
            cancellationToken).ConfigureAwait(false);

    /// <summary>Partitions without a slot any more.</summary>
    public TopicPartition[] PartitionsWithoutSlots()
    {
        lock (_gate)
        {
            return [.. Keyed().Where(state => state.Keyed!.IsEmpty).Select(state => state.Partition)];
        }
    }

    /// <summary>Whether some slot is new or to be given up, or reading has come to the end of the window.</summary>
    public bool IsUnsettled
    {
        get
        {
            lock (_gate)
            {
                return Keyed().Any(state => state.Keyed!.IsUnsettled || state.Keyed.IsBlocked);
            }
        }
    }

    /// <summary>What to report, by partition; processed records with it, unless only the application commits.</summary>
    public Dictionary<TopicPartition, KeyedReport> TakeReports(bool withProcessed)
    {
        lock (_gate)
        {
            if (withProcessed)
            {
                foreach (var (partition, offset) in _keyedProcessed)
                {
                    partition.Finish(new OffsetRange(offset.Value, offset.Value));
                }

                _keyedProcessed.Clear();
            }

            var reports = new Dictionary<TopicPartition, KeyedReport>();
            foreach (var state in Keyed())
            {
                var inHand = _keyedInHand.Where(record => record.Partition == state.Keyed).Select(record => record.Slot).ToHashSet();
                if (_inHand is null)
                {
                    inHand.Clear(); // an enumeration that was broken off
                }

                if (state.Keyed!.TakeReport(inHand) is { } report)
                {
                    reports.Add(state.Partition, report);
                }
            }

            return reports;
        }
    }

    public void PutBack(Dictionary<TopicPartition, KeyedReport> reports)
    {
        lock (_gate)
        {
            foreach (var (partition, report) in reports)
            {
                KeyedOf(partition)?.Keyed!.PutBack(report);
            }
        }
    }

    /// <summary>The reports are committed, and this is how far the group is.</summary>
    public void ApplyProgress(Dictionary<TopicPartition, KeyedReport> reports, KeyProgress[] progress)
    {
        lock (_gate)
        {
            foreach (var ((partition, report), answer) in reports.Zip(progress))
            {
                if (KeyedOf(partition) is not { } state)
                {
                    continue;
                }

                if (state.Keyed!.Apply(report, answer))
                {
                    state.Move(answer.LowWatermark);
                }

                state.FetchSignal.Set();
            }
        }

        _arrival.Set();
    }

    /// <summary>
    /// The slots whose records can be for this member, by number; null when partitions are not shared. Holds for what is read in this
    /// life of the partition: slots that come later begin another.
    /// </summary>
    public bool[]? ReadableSlots(PartitionState state)
    {
        lock (_gate)
        {
            return state.Keyed?.Readable;
        }
    }

    /// <summary>Whether a decoded record is for this member; always, when partitions are not shared.</summary>
    public KeyedVerdict Judge(PartitionState state, Offset offset, int slot)
    {
        lock (_gate)
        {
            var verdict = state.Keyed is null || state.CurrentVersion != state.Version ? KeyedVerdict.Deliver : state.Keyed.Judge(offset, slot);
            if (verdict is KeyedVerdict.Wait)
            {
                KeyedNews.Set();
            }

            return verdict;
        }
    }

    /// <summary>Under the gate: whether all of these may be handed out, and if so, that they are.</summary>
    private bool TryHandOutKeyed(PartitionState state, ReadOnlySpan<(Offset Offset, int Slot)> records)
    {
        foreach (var (offset, slot) in records)
        {
            if (state.Keyed!.Judge(offset, slot) is not KeyedVerdict.Deliver)
            {
                return false;
            }
        }

        foreach (var (offset, slot) in records)
        {
            _keyedInHand.Add((state.Keyed!, offset, slot));
        }

        return true;
    }

    /// <summary>Under the gate: the application is done with what it had.</summary>
    private void FinishInHand()
    {
        _keyedProcessed.AddRange(_keyedInHand.Select(record => (record.Partition, record.Offset)));
        _keyedInHand.Clear();
        if (Options.CommitMode != CommitMode.Manual && Keyed().Any(state => state.Keyed!.IsUnsettled || state.Keyed.IsReportDue))
        {
            KeyedNews.Set();
        }
    }

    private IEnumerable<PartitionState> Keyed() => _order.Where(state => state.Keyed is not null);

    private PartitionState? KeyedOf(TopicPartition partition) =>
        _assigned.TryGetValue(partition, out var entry) && entry.State.Keyed is not null ? entry.State : null;
}
