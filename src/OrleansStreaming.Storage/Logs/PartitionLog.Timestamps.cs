using OrleansStreaming.Records.Ids;
using OrleansStreaming.Storage.Segments;

namespace OrleansStreaming.Storage.Logs;

public sealed partial class PartitionLog
{
    /// <summary>The first record at or after the time, in milliseconds since 1970, and below <paramref name="limit"/>; null when none.</summary>
    /// <exception cref="IOException">The disk does not give the batches back.</exception>
    public LogTimestamp? FindByTimestamp(long timestamp, Offset limit) => Search(state =>
        (TimestampSearch.First(state, timestamp, Math.Min(limit.Value, state.End), out var isStale), isStale));

    /// <summary>The first record with the greatest timestamp (KIP-734); null on a log without timestamps.</summary>
    /// <exception cref="IOException">The disk does not give the batches back.</exception>
    public LogTimestamp? FindMaxTimestamp() => Search(static state =>
    {
        var max = state.Segments.Max(x => x.Max.Timestamp);
        if (max < 0)
        {
            return (null, false);
        }

        if (TimestampSearch.First(state, max, state.End, out var isStale) is { } found)
        {
            return (found, false);
        }

        // The record that had it lies before the log's start.
        max = isStale ? -1 : TimestampSearch.Max(state, out isStale);
        return (max < 0 ? null : TimestampSearch.First(state, max, state.End, out isStale), isStale);
    });

    /// <summary>Searches one state of the log, and a newer one when the writer took away what was looked at.</summary>
    private LogTimestamp? Search(Func<LogState, (LogTimestamp? Found, bool IsStale)> search)
    {
        while (true)
        {
            var state = _state;
            try
            {
                var (found, isStale) = search(state);
                if (!isStale && _state.Truncations == state.Truncations)
                {
                    return found;
                }
            }
            catch (IOException) when (_state.Truncations != state.Truncations)
            {
                continue;
            }
            catch (SegmentDamagedException damage)
            {
                NoteDamage(damage);
                throw;
            }

            if (ReferenceEquals(state, _state))
            {
                throw new IOException($"The log '{_place.Directory}' is closed.");
            }
        }
    }
}
