namespace OrleansStreaming.Storage.Producers;

/// <summary>
/// The transactions that can still hide records: the open ones, and ended ones whose markers are not known to be committed. One
/// writer; <see cref="FirstOpen"/> and <see cref="LastStable"/> on any thread.
/// </summary>
internal sealed class TransactionWindow
{
    private const long Open = long.MaxValue;

    // Sorted by first offset; never changed in place.
    private volatile Entry[] _entries = [];
    private long _highWatermark = -1;

    /// <summary>The first offset of the earliest open transaction; null when none is open.</summary>
    public long? FirstOpen
    {
        get
        {
            foreach (var entry in _entries)
            {
                if (entry.Marker == Open)
                {
                    return entry.First;
                }
            }

            return null;
        }
    }

    /// <summary>
    /// The offset below which every record below the high watermark is decided: no transaction is open, and every marker that
    /// decided one is itself below the high watermark. The first call begins the watch over markers, each call ends it for those
    /// that it finds committed.
    /// </summary>
    public long LastStable(long highWatermark)
    {
        long seen;
        while (highWatermark > (seen = Volatile.Read(ref _highWatermark))
            && Interlocked.CompareExchange(ref _highWatermark, highWatermark, seen) != seen)
        {
        }

        foreach (var entry in _entries)
        {
            if (entry.Marker >= highWatermark)
            {
                return Math.Min(entry.First, highWatermark);
            }
        }

        return highWatermark;
    }

    public void Begin(long producerId, long firstOffset) =>
        _entries = [.. _entries, new Entry(producerId, firstOffset, Open)];

    /// <summary>Ends the transaction; answers the last stable offset that the marker leaves behind.</summary>
    public long End(long firstOffset, long marker)
    {
        var highWatermark = Volatile.Read(ref _highWatermark);
        var kept = new List<Entry>(_entries.Length);
        var stable = marker + 1;
        foreach (var entry in _entries)
        {
            var now = entry.First == firstOffset && entry.Marker == Open ? entry with { Marker = marker } : entry;
            if (now.Marker == Open)
            {
                stable = Math.Min(stable, now.First);
            }

            if (now.Marker == Open || (highWatermark >= 0 && now.Marker >= highWatermark))
            {
                kept.Add(now);
            }
        }

        _entries = [.. kept];
        return stable;
    }

    public void Clear()
    {
        _entries = [];
        Volatile.Write(ref _highWatermark, -1);
    }

    private readonly record struct Entry(long ProducerId, long First, long Marker);
}
