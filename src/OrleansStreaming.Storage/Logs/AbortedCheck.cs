using OrleansStreaming.Records.Batches;
using OrleansStreaming.Storage.Devices;
using OrleansStreaming.Storage.Indexes;
using OrleansStreaming.Storage.Segments;

namespace OrleansStreaming.Storage.Logs;

/// <summary>
/// Compares an index of aborted transactions, which has no checksum, with the batches that each entry is about. Where they do not
/// agree, or compaction has taken the batches away, the index is to be built from the log again.
/// </summary>
internal static class AbortedCheck
{
    /// <param name="segment">Whose index it is.</param>
    /// <param name="segments">All of the log, by base offset.</param>
    public static bool Agrees(Segment segment, List<Segment> segments)
    {
        try
        {
            return Array.TrueForAll(segment.TransactionIndex.Entries, x => Agrees(x, segment, segments));
        }
        catch (IOException)
        {
            return false;
        }
    }

    private static bool Agrees(AbortedTransactionEntry entry, Segment segment, List<Segment> segments)
    {
        if (HeaderAt(segment, entry.LastOffset) is not { IsControl: true } marker
            || marker.ProducerId != entry.ProducerId
            || marker.BaseOffset != entry.LastOffset
            || entry.LastStableOffset > entry.LastOffset + 1)
        {
            return false;
        }

        // Before the log's first segment nothing can be compared, and nothing is served.
        return segments.FindLast(x => x.BaseOffset <= entry.FirstOffset) is not { } home
            ? entry.FirstOffset >= 0
            : HeaderAt(home, entry.FirstOffset) is { IsTransactional: true, IsControl: false } first
                && first.ProducerId == entry.ProducerId
                && first.BaseOffset == entry.FirstOffset;
    }

    private static BatchHeader? HeaderAt(Segment segment, long offset)
    {
        Span<byte> bytes = stackalloc byte[BatchHeader.Size];
        return segment.Locate(offset, segment.Size) is { } found
            && segment.Log.Get().ReadFully(found.Position, bytes) == bytes.Length
            && BatchHeader.TryRead(bytes, out var header)
            ? header
            : null;
    }
}
