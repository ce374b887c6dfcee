using OrleansStreaming.Storage.Segments;

namespace OrleansStreaming.Storage.Logs;

/// <summary>What a reader sees of a log at one moment. Published whole by the writer, never changed.</summary>
/// <param name="Segments">By base offset, at least one; the last one is written to.</param>
/// <param name="Start">The first offset that may be read.</param>
/// <param name="End">The offset that the next record gets.</param>
/// <param name="EndPosition">Where the last batch ends in the last segment.</param>
/// <param name="Truncations">Counts truncations: a position that was looked up before one means nothing after it.</param>
internal sealed record LogState(Segment[] Segments, long Start, long End, int EndPosition, int Truncations)
{
    public Segment Active => Segments[^1];

    /// <summary>The index of the segment that holds the offset, or would.</summary>
    public int IndexOf(long offset)
    {
        var low = 0;
        var high = Segments.Length;
        while (low < high)
        {
            var middle = (low + high) / 2;
            (low, high) = Segments[middle].BaseOffset <= offset ? (middle + 1, high) : (low, middle);
        }

        return Math.Max(0, low - 1);
    }

    /// <summary>Where the good batches of a segment end.</summary>
    public int EndOf(int index) => index == Segments.Length - 1 ? EndPosition : Segments[index].Size;

    /// <summary>The offset that follows the segment's last one.</summary>
    public long EndOffsetOf(int index) => index == Segments.Length - 1 ? End : Segments[index + 1].BaseOffset;
}
