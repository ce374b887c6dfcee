using System.Buffers;
using OrleansStreaming.Records.Batches;
using OrleansStreaming.Records.Errors;
using OrleansStreaming.Records.Ids;
using OrleansStreaming.Storage.Devices;
using OrleansStreaming.Storage.Segments;

namespace OrleansStreaming.Storage.Logs;

/// <summary>
/// Looks records up by their timestamps: by time index to a place in a segment, by headers to a batch, by its records to the one
/// asked for.
/// </summary>
internal static class TimestampSearch
{
    /// <summary>The first record at or after the time and below the limit; null when none.</summary>
    /// <param name="isStale">A segment of that state is already closed: look again in a newer state.</param>
    public static LogTimestamp? First(LogState state, long timestamp, long limit, out bool isStale)
    {
        isStale = false;
        for (var i = 0; i < state.Segments.Length && state.Segments[i].BaseOffset < limit; i++)
        {
            var segment = state.Segments[i];
            if (segment.Max.Timestamp < timestamp)
            {
                continue;
            }

            if (!segment.TryAcquire())
            {
                isStale = true;
                return null;
            }

            try
            {
                if (FirstIn(segment, state.EndOf(i), timestamp, state.Start, limit) is { } found)
                {
                    return found;
                }
            }
            finally
            {
                segment.Release();
            }
        }

        return null;
    }

    /// <summary>The greatest timestamp of the batches from the start on, by their headers; -1 when none has one.</summary>
    public static long Max(LogState state, out bool isStale)
    {
        isStale = false;
        var max = BatchHeader.NoTimestamp;
        for (var i = 0; i < state.Segments.Length; i++)
        {
            var segment = state.Segments[i];
            if (!segment.TryAcquire())
            {
                isStale = true;
                return max;
            }

            try
            {
                max = Math.Max(max, MaxIn(segment, state.EndOf(i), state.Start));
            }
            finally
            {
                segment.Release();
            }
        }

        return max;
    }

    private static LogTimestamp? FirstIn(Segment segment, int end, long timestamp, long start, long limit)
    {
        Span<byte> window = stackalloc byte[BatchWalk.SmallWindow];
        if ((Indexed(segment, end, timestamp, start, window) ?? segment.Locate(start, end)) is not { } first)
        {
            return null;
        }

        var walk = new BatchWalk(segment.Log.Get(), first.Position, end, window);
        while (walk.MoveNext() && walk.Header.BaseOffset < limit)
        {
            if (walk.Header.MaxTimestamp >= timestamp
                && FirstInBatch(segment, walk.Header, walk.Position, timestamp, start, limit) is { } found)
            {
                return found;
            }
        }

        return null;
    }

    /// <summary>Where the time index says to begin; null when it knows nothing or is not the index of these batches.</summary>
    private static BatchPosition? Indexed(Segment segment, int end, long timestamp, long start, Span<byte> window)
    {
        try
        {
            var (indexed, offset) = segment.TimeIndex.Lookup(timestamp);
            if (offset <= start || segment.Locate(offset, end) is not { } found)
            {
                return null;
            }

            var walk = new BatchWalk(segment.Log.Get(), found.Position, end, window);
            return walk.MoveNext() && walk.Header.LastOffset == offset && walk.Header.MaxTimestamp == indexed ? found : null;
        }
        catch (IOException)
        {
            return null;
        }
    }

    private static long MaxIn(Segment segment, int end, long start)
    {
        var max = BatchHeader.NoTimestamp;
        Span<byte> window = stackalloc byte[BatchWalk.SmallWindow];
        var walk = new BatchWalk(segment.Log.Get(), segment.Locate(start, end)?.Position ?? end, end, window);
        while (walk.MoveNext())
        {
            max = walk.Header.RecordCount > 0 ? Math.Max(max, walk.Header.MaxTimestamp) : max;
        }

        return max;
    }

    private static LogTimestamp? FirstInBatch(
        Segment segment, in BatchHeader header, int position, long timestamp, long start, long limit)
    {
        var epoch = new LeaderEpoch(header.PartitionLeaderEpoch);
        var size = (int)header.SizeInBytes;
        var bytes = ArrayPool<byte>.Shared.Rent(size);
        try
        {
            if (segment.Log.Get().ReadFully(position, bytes.AsSpan(0, size)) < size)
            {
                throw new SegmentDamagedException(segment.Log.Path, position);
            }

            var error = BatchReader.Open(new ReadOnlySequence<byte>(bytes, 0, size), out var reader);
            if (error is ErrorCode.UnsupportedCompressionType or ErrorCode.MessageTooLarge)
            {
                // The batch is known, the record in it is not: an earlier offset is right, only less exact.
                return new LogTimestamp(header.MaxTimestamp, new Offset(Math.Max(header.BaseOffset, start)), epoch);
            }

            using (reader ?? throw new SegmentDamagedException(segment.Log.Path, position))
            {
                foreach (var record in reader.Records())
                {
                    if (record.Timestamp >= timestamp && record.Offset >= start && record.Offset < limit)
                    {
                        return new LogTimestamp(record.Timestamp, new Offset(record.Offset), epoch);
                    }
                }
            }

            return null;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(bytes);
        }
    }
}
