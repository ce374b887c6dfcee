namespace OrleansStreaming.Storage.Tests.Logs;

/// <summary>What a log is, without files: records by offset, batch boundaries, a start, and what was synced.</summary>
internal sealed class LogModel
{
    // Records before the start stay: a crash may bring their segments back.
    private readonly SortedDictionary<long, string> _records = [];
    private readonly SortedSet<long> _batches = [];

    public long Start { get; set; }

    public long End { get; private set; }

    public long Synced { get; set; }

    /// <summary>The log start that a checkpoint has made durable.</summary>
    public long CheckpointedStart { get; set; }

    public IEnumerable<(long Offset, string Value)> Records => _records.Where(x => x.Key >= Start).Select(x => (x.Key, x.Value));

    public void Append(IEnumerable<string> values)
    {
        _batches.Add(End);
        foreach (var value in values)
        {
            _records[End++] = value;
        }
    }

    /// <summary>The beginning of the batch that holds the offset, or the end.</summary>
    public long BatchOf(long offset) => offset >= End ? End : _batches.GetViewBetween(0, offset).Max;

    public bool IsBoundary(long offset) => offset == End || _batches.Contains(offset);

    public long AnyBoundary(Random random, long atLeast) =>
        random.Next(3) == 0 ? End : BatchOf(random.NextInt64(atLeast, End + 1)) is var found && found >= atLeast ? found : End;

    public void TruncateTo(long offset)
    {
        End = BatchOf(offset);
        foreach (var gone in _records.Keys.Where(x => x >= End).ToArray())
        {
            _records.Remove(gone);
        }

        _batches.RemoveWhere(x => x >= End);
        Start = Math.Min(Start, End);
        Synced = Math.Min(Synced, End);
    }

    public void StartAt(long offset)
    {
        _records.Clear();
        _batches.Clear();
        (Start, End, Synced, CheckpointedStart) = (offset, offset, offset, Math.Min(offset, CheckpointedStart));
    }
}
