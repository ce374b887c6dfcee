namespace OrleansStreaming.Storage.Segments;

/// <summary>
/// Which bytes of a segment are known to be good batches since it was opened: those found on disk once they were checked, those
/// written by this process from checked memory at once. Any thread; asking takes no lock.
/// </summary>
/// <remarks>
/// It is remembered as long as the segment is open, and so outlives the page cache: what rots on the disk afterwards is found by the
/// scrub, by a follower that refuses it (which has the leader read again), or by the next start, and until then it may be sent, to a
/// consumer that checks the same CRC itself. Kafka's brokers do not check on fetch at all. Forgetting it by time or amount would not
/// close the gap, since nobody tells when the kernel drops a page, and would make every far-behind consumer pay for a check of what
/// sendfile never brings into the process.
/// </remarks>
internal sealed class VerifiedRanges
{
    // Readers of many places at once cost a check more often, not memory without end.
    private const int MaxRanges = 64;

    private readonly Lock _gate = new();
    private volatile Range[] _ranges = [];
    private volatile int _trustedFrom;

    /// <summary>Whether the bytes between two positions need no check.</summary>
    public bool Covers(int start, int end)
    {
        var trusted = _trustedFrom;
        if (start >= trusted)
        {
            return true;
        }

        foreach (var range in _ranges)
        {
            if (range.Start <= start && Math.Min(end, trusted) <= range.End)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>The bytes were checked.</summary>
    public void Add(int start, int end)
    {
        if (start >= end)
        {
            return;
        }

        lock (_gate)
        {
            var apart = Array.FindAll(_ranges, x => x.End < start || x.Start > end);
            foreach (var range in _ranges)
            {
                if (range.End >= start && range.Start <= end)
                {
                    (start, end) = (Math.Min(start, range.Start), Math.Max(end, range.End));
                }
            }

            _ranges = [.. apart.TakeLast(MaxRanges - 1), new Range(start, end)];
        }
    }

    /// <summary>Everything before the position is to be checked before it is used; what is written from there on is not.</summary>
    public void DistrustUpTo(int position)
    {
        lock (_gate)
        {
            _trustedFrom = position;
            _ranges = [];
        }
    }

    /// <summary>The file ends there now, and what follows is written by this process.</summary>
    public void TruncateTo(int position)
    {
        lock (_gate)
        {
            _trustedFrom = Math.Min(_trustedFrom, position);
            _ranges = [.. _ranges.Where(x => x.Start < position).Select(x => x with { End = Math.Min(x.End, position) })];
        }
    }

    private readonly record struct Range(int Start, int End);
}
