using OrleansStreaming.Records.Batches;
using OrleansStreaming.Storage.Devices;

namespace OrleansStreaming.Storage.Segments;

/// <summary>Checks a part of a segment that is about to be served: structure, CRC and order of its batches.</summary>
internal static class SegmentCheck
{
    /// <summary>Answers where the first damaged batch begins; the end of the part when there is none before it.</summary>
    /// <param name="segment">Held open by the caller.</param>
    /// <param name="start">Where a batch begins.</param>
    /// <param name="end">Where the part ends, perhaps inside a batch, which then is not checked.</param>
    /// <param name="segmentEnd">Where the segment's last batch ends.</param>
    /// <param name="order">Where the batches must lie.</param>
    /// <param name="checkedTo">Where the last batch ends that is good.</param>
    public static int FindDamage(Segment segment, int start, int end, int segmentEnd, BatchOrder order, out int checkedTo)
    {
        var file = segment.Log.Get();
        var isPlaced = true;
        checkedTo = SegmentScan.Run(file, start, end, (in header, position) => isPlaced = order.Accepts(header, position));
        if (!isPlaced)
        {
            return checkedTo = order.DamagedAt;
        }

        if (file.Length < end)
        {
            return checkedTo;
        }

        if (checkedTo >= segmentEnd)
        {
            return end;
        }

        Span<byte> bytes = stackalloc byte[BatchHeader.Size];
        var isHeader = BatchHeader.TryRead(bytes[..file.ReadFully(checkedTo, bytes)], out var next)
            && next.Magic == BatchHeader.CurrentMagic
            && next.LastOffsetDelta >= 0
            && next.SizeInBytes >= BatchHeader.Size
            && next.SizeInBytes <= segmentEnd - checkedTo;
        if (checkedTo < end && !(isHeader && next.SizeInBytes > end - checkedTo))
        {
            return checkedTo;
        }

        // Whether the next batch is a good one is seen when it is read, unless it says that the last one here is not.
        if (isHeader && !order.Accepts(next, checkedTo))
        {
            checkedTo = order.DamagedAt;
            return Math.Min(checkedTo, end);
        }

        return end;
    }
}
