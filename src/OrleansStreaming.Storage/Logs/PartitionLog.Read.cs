using OrleansStreaming.Records.Errors;
using OrleansStreaming.Records.Ids;
using OrleansStreaming.Records.Sources;
using OrleansStreaming.Storage.Segments;

namespace OrleansStreaming.Storage.Logs;

public sealed partial class PartitionLog
{
    // The end of the last read that did not go to the log's end: readers of a high watermark ask for the same one again and again.
    private volatile LimitPosition? _lastLimit;

    /// <summary>
    /// Batches from the one that holds <paramref name="offset"/> on, below <paramref name="limit"/>, up to the bytes asked for. The
    /// first batch is whole, larger than <paramref name="maxBytes"/> only with <paramref name="atLeastOneBatch"/>; the last may be
    /// cut short. Empty at the limit. Refusals: OFFSET_OUT_OF_RANGE below the start or above the end, CORRUPT_MESSAGE and
    /// KAFKA_STORAGE_ERROR when the disk does not give the batches back. Lock-free beside the writer.
    /// </summary>
    public LogReadResult Read(Offset offset, Offset limit, int maxBytes, bool atLeastOneBatch)
    {
        try
        {
            while (true)
            {
                var state = _state;
                if (TryRead(state, offset.Value, Math.Min(limit.Value, state.End), maxBytes, atLeastOneBatch) is { } result)
                {
                    return result;
                }

                // The writer took a segment away between the look at the state and the look into the segment.
                if (ReferenceEquals(state, _state))
                {
                    return new LogReadResult(ErrorCode.KafkaStorageError, MemoryRecords.Empty);
                }
            }
        }
        catch (SegmentDamagedException damage)
        {
            NoteDamage(damage);
            return new LogReadResult(ErrorCode.CorruptMessage, MemoryRecords.Empty) { Corruption = _corruption };
        }
        catch (IOException)
        {
            return new LogReadResult(ErrorCode.KafkaStorageError, MemoryRecords.Empty);
        }
    }

    /// <summary>
    /// The aborted transactions that have records in the range, sorted by their first offset: what a read_committed reader of it
    /// must skip.
    /// </summary>
    public IReadOnlyList<LogAbortedTransaction> AbortedTransactions(Offset from, Offset to)
    {
        var state = _state;
        var found = new List<LogAbortedTransaction>();
        for (var i = state.IndexOf(from.Value); i < state.Segments.Length; i++)
        {
            foreach (var entry in state.Segments[i].TransactionIndex.Entries)
            {
                if (entry.LastOffset >= from.Value && entry.FirstOffset < to.Value)
                {
                    found.Add(new(new ProducerId(entry.ProducerId), new Offset(entry.FirstOffset), new Offset(entry.LastOffset)));
                }

                if (entry.LastStableOffset >= to.Value)
                {
                    return Sorted(found);
                }
            }
        }

        return Sorted(found);
    }

    private static List<LogAbortedTransaction> Sorted(List<LogAbortedTransaction> found)
    {
        found.Sort(static (x, y) => x.First.CompareTo(y.First));
        return found;
    }

    /// <summary>Null when a segment was taken away meanwhile.</summary>
    private LogReadResult? TryRead(LogState state, long offset, long limit, int maxBytes, bool atLeastOneBatch)
    {
        if (offset < state.Start || offset > state.End)
        {
            return new LogReadResult(ErrorCode.OffsetOutOfRange, MemoryRecords.Empty);
        }

        // Compaction may leave a segment without batches at or after the offset; then the next one has them.
        for (var index = state.IndexOf(offset); offset < limit && index < state.Segments.Length; index++)
        {
            var segment = state.Segments[index];
            if (!segment.TryAcquire())
            {
                return null;
            }

            var isLent = false;
            try
            {
                var truncations = segment.TruncationCount;
                if (segment.Locate(offset, state.EndOf(index)) is { } first)
                {
                    if (first.BaseOffset >= state.EndOffsetOf(index))
                    {
                        throw new SegmentDamagedException(segment.Log.Path, first.Position);
                    }

                    var end = PositionOf(state, index, limit, first.Position);
                    var length = Math.Min(Math.Max(maxBytes, atLeastOneBatch ? first.Size : 0), end - first.Position);
                    if (length < first.Size || first.BaseOffset >= limit)
                    {
                        return new LogReadResult(ErrorCode.None, MemoryRecords.Empty);
                    }

                    length = Verify(state, index, first.Position, length);
                    if (_state.Truncations != state.Truncations)
                    {
                        return null;
                    }

                    isLent = true;
                    return new LogReadResult(ErrorCode.None, new SegmentRecords(segment, first.Position, length, truncations));
                }
            }
            catch (IOException) when (_state.Truncations != state.Truncations)
            {
                return null;
            }
            finally
            {
                if (!isLent)
                {
                    segment.Release();
                }
            }
        }

        return new LogReadResult(ErrorCode.None, MemoryRecords.Empty);
    }

    /// <summary>Where the batches of the segment that lie wholly below the limit end.</summary>
    private int PositionOf(LogState state, int index, long limit, int from)
    {
        if (limit >= state.EndOffsetOf(index))
        {
            return state.EndOf(index);
        }

        var segment = state.Segments[index];
        if (_lastLimit is { } last && last.Limit == limit && last.Segment == segment && last.Truncations == state.Truncations)
        {
            return last.Position;
        }

        try
        {
            var position = segment.Locate(limit, state.EndOf(index), from)?.Position ?? state.EndOf(index);
            _lastLimit = new LimitPosition(limit, segment, position, state.Truncations);
            return position;
        }
        catch (SegmentDamagedException damage)
        {
            // What lies before the damage can still be served; the read that begins there tells of it.
            return damage.Position;
        }
    }

    private sealed record LimitPosition(long Limit, Segment Segment, int Position, int Truncations);
}
