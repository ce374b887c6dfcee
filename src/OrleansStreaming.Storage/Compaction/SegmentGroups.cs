using OrleansStreaming.Storage.Indexes;
using OrleansStreaming.Storage.Segments;

namespace OrleansStreaming.Storage.Compaction;

/// <summary>Puts neighbouring segments together that fit into one, so that compaction does not leave ever more small ones.</summary>
internal static class SegmentGroups
{
    /// <param name="segments">All that is compacted, in their order.</param>
    /// <param name="end">No offset in them is at or above it.</param>
    public static List<Segment[]> Of(ReadOnlySpan<Segment> segments, long end, int maxBytes, int maxIndexBytes)
    {
        var groups = new List<Segment[]>();
        for (var first = 0; first < segments.Length;)
        {
            var count = 1;
            var size = new Sizes(segments[first]);
            while (first + count < segments.Length)
            {
                var next = first + count;
                var larger = size.With(segments[next]);
                var nextEnd = next + 1 < segments.Length ? segments[next + 1].BaseOffset : end;
                if (!larger.Fits(maxBytes, maxIndexBytes) || nextEnd - 1 - segments[first].BaseOffset > int.MaxValue)
                {
                    break;
                }

                size = larger;
                count++;
            }

            groups.Add(segments.Slice(first, count).ToArray());
            first += count;
        }

        return groups;
    }

    private readonly record struct Sizes(long Log, long OffsetEntries, long TimeEntries)
    {
        public Sizes(Segment segment)
            : this(segment.Size, segment.OffsetIndex.Count, segment.TimeIndex.Count)
        {
        }

        public Sizes With(Segment segment) =>
            new(Log + segment.Size, OffsetEntries + segment.OffsetIndex.Count, TimeEntries + segment.TimeIndex.Count);

        public bool Fits(int maxBytes, int maxIndexBytes) =>
            Log <= maxBytes
            && OffsetEntries * OffsetIndex.EntrySize <= maxIndexBytes
            && TimeEntries * TimeIndex.EntrySize <= maxIndexBytes;
    }
}
