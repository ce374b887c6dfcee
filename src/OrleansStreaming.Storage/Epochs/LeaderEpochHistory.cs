namespace OrleansStreaming.Storage.Epochs;

/// <summary>
/// Which leader epoch began at which offset (KIP-101, KIP-279, KIP-320): epochs and offsets both rise. One writer; readers on
/// any thread see a whole list.
/// </summary>
internal sealed class LeaderEpochHistory(EpochEntry[] entries)
{
    private volatile EpochEntry[] _entries = entries;

    public static readonly (int Epoch, long End) Undefined = (-1, -1);

    public EpochEntry[] Entries => _entries;

    public int LatestEpoch => _entries is [.., var last] ? last.Epoch : -1;

    /// <summary>
    /// Notes that the epoch begins at the offset, dropping entries that contradict it; false when it was already known.
    /// </summary>
    public bool Assign(int epoch, long startOffset)
    {
        var entries = _entries;
        if (entries is [.., var last] && last.Epoch == epoch && startOffset >= last.StartOffset)
        {
            return false;
        }

        var keep = entries.Length;
        while (keep > 0 && (entries[keep - 1].Epoch > epoch || entries[keep - 1].StartOffset >= startOffset))
        {
            keep--;
        }

        // The epoch goes on behind later ones that turned out to have no records.
        if (keep > 0 && entries[keep - 1].Epoch == epoch)
        {
            _entries = entries[..keep];
            return true;
        }

        _entries = [.. entries.AsSpan(0, keep), new EpochEntry(epoch, startOffset)];
        return true;
    }

    /// <summary>Whether records of a higher epoch lie before the offset, so that this epoch may not write there.</summary>
    public bool IsFencedAt(int epoch, long offset)
    {
        foreach (var entry in _entries)
        {
            if (entry.Epoch > epoch && entry.StartOffset < offset)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>
    /// The largest known epoch not above the one asked for, and where it ends: at the start of the next one, or at the log's
    /// end for the latest. An epoch older than all that is kept ends where the kept ones begin.
    /// </summary>
    public (int Epoch, long End) EndOffsetFor(int epoch, long logEnd)
    {
        var entries = _entries;
        if (epoch < 0 || entries.Length == 0 || epoch > entries[^1].Epoch)
        {
            return Undefined;
        }

        if (epoch == entries[^1].Epoch)
        {
            return (epoch, logEnd);
        }

        var higher = 0;
        while (entries[higher].Epoch <= epoch)
        {
            higher++;
        }

        return (higher == 0 ? epoch : entries[higher - 1].Epoch, entries[higher].StartOffset);
    }

    /// <summary>The epoch under which the offset was, or would be, written; -1 before the first one known.</summary>
    public int EpochAt(long offset)
    {
        var entries = _entries;
        var i = entries.Length - 1;
        while (i >= 0 && entries[i].StartOffset > offset)
        {
            i--;
        }

        return i < 0 ? -1 : entries[i].Epoch;
    }

    /// <summary>Forgets epochs that begin at or after the offset; false when there were none.</summary>
    public bool TruncateFromEnd(long offset)
    {
        var entries = _entries;
        var keep = entries.Length;
        while (keep > 0 && entries[keep - 1].StartOffset >= offset)
        {
            keep--;
        }

        if (keep == entries.Length)
        {
            return false;
        }

        _entries = entries[..keep];
        return true;
    }

    /// <summary>Forgets epochs that ended before the offset; the one that holds it now begins there.</summary>
    public bool TruncateFromStart(long offset)
    {
        var entries = _entries;
        var first = 0;
        while (first + 1 < entries.Length && entries[first + 1].StartOffset <= offset)
        {
            first++;
        }

        if (entries.Length == 0 || (first == 0 && entries[0].StartOffset >= offset))
        {
            return false;
        }

        var kept = entries[first..];
        kept[0] = kept[0] with { StartOffset = Math.Max(kept[0].StartOffset, offset) };
        _entries = kept;
        return true;
    }

    public void Clear() => _entries = [];

    /// <summary>Takes another history's place.</summary>
    public void Replace(EpochEntry[] entries) => _entries = entries;
}
