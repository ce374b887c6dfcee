using OrleansStreaming.Records.Batches;
using OrleansStreaming.Storage.Devices;
using OrleansStreaming.Storage.Epochs;
using OrleansStreaming.Storage.Segments;

namespace OrleansStreaming.Storage.Logs;

/// <summary>
/// Compares the epoch history, whose file has no checksum, with the batches around every place where an epoch or a segment
/// begins. Where they disagree the batches are right, unless their own epochs do not rise: then one of them is damaged.
/// </summary>
internal static class EpochCheck
{
    /// <summary>True when the history had to be read from the batches.</summary>
    public static bool Repair(LeaderEpochHistory epochs, List<Segment> segments)
    {
        var order = new BatchOrder(0, long.MaxValue, epochs.Entries);
        if (segments.TrueForAll(x => Agrees(x, [.. epochs.Entries.Where(y => IsIn(y, x, segments))], order)))
        {
            return false;
        }

        var found = new LeaderEpochHistory([]);
        foreach (var segment in segments)
        {
            var isRising = true;
            var good = segment.VisitHeaders(0, segment.Size, (in header, _) =>
            {
                isRising = header.PartitionLeaderEpoch >= found.LatestEpoch;
                if (header.PartitionLeaderEpoch > found.LatestEpoch)
                {
                    found.Assign(header.PartitionLeaderEpoch, header.BaseOffset);
                }

                return isRising;
            });
            if (!isRising || good < segment.Size)
            {
                return false;
            }
        }

        epochs.Replace(found.Entries);
        return true;
    }

    private static bool IsIn(EpochEntry entry, Segment segment, List<Segment> segments) =>
        entry.StartOffset >= segment.BaseOffset
        && (segment == segments[^1] || entry.StartOffset < segments[segments.IndexOf(segment) + 1].BaseOffset);

    private static bool Agrees(Segment segment, EpochEntry[] entries, BatchOrder order)
    {
        try
        {
            if (!Agrees(segment, segment.BaseOffset, order))
            {
                return false;
            }

            foreach (var entry in entries)
            {
                if (entry.StartOffset > segment.BaseOffset
                    && !(Agrees(segment, entry.StartOffset - 1, order) && Agrees(segment, entry.StartOffset, order)))
                {
                    return false;
                }
            }

            var agrees = true;
            segment.VisitHeaders(segment.OffsetIndex.Last().Position, segment.Size, (in header, _) => agrees = order.HasRightEpoch(header));
            return agrees;
        }
        catch (IOException)
        {
            // Damaged batches say nothing about the history; whoever reads them is told.
            return true;
        }
    }

    private static bool Agrees(Segment segment, long offset, BatchOrder order)
    {
        Span<byte> bytes = stackalloc byte[BatchHeader.Size];
        return segment.Locate(offset, segment.Size) is not { } found
            || segment.Log.Get().ReadFully(found.Position, bytes) < bytes.Length
            || !BatchHeader.TryRead(bytes, out var header)
            || order.HasRightEpoch(header);
    }
}
