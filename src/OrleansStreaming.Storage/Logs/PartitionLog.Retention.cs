using OrleansStreaming.Records.Ids;
using OrleansStreaming.Storage.Segments;

namespace OrleansStreaming.Storage.Logs;

public sealed partial class PartitionLog
{
    private readonly DelayedRemoval _removals;

    /// <summary>Forward only; whole segments before it are deleted.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The offset is above the log end.</exception>
    public void AdvanceLogStart(Offset offset)
    {
        lock (_gate)
        {
            var state = _state;
            ArgumentOutOfRangeException.ThrowIfGreaterThan(offset.Value, state.End, nameof(offset));
            if (offset.Value > state.Start && !_isClosed)
            {
                DropBefore(state, offset.Value, state.IndexOf(offset.Value));
            }
        }
    }

    /// <summary>
    /// Deletes segments that <c>retention.ms</c> and <c>retention.bytes</c> no longer keep, oldest first, none that holds an offset
    /// at or above <paramref name="highWatermark"/>; answers how many. When all of the active segment is too old it is closed
    /// first, as in Kafka. Also forgets producers that have been silent too long.
    /// </summary>
    public int ApplyRetention(Offset highWatermark)
    {
        lock (_gate)
        {
            if (_isClosed)
            {
                return 0;
            }

            var options = _options;
            _producers.RemoveExpired(_place.Now, options.ProducerIdExpirationMs);
            var count = options.CleanupDelete ? CountExpired(options, highWatermark.Value) : 0;
            if (count == _state.Segments.Length && !TryRoll())
            {
                count--;
            }

            if (count == 0)
            {
                return 0;
            }

            var state = _state;
            DropBefore(state, Math.Max(state.Start, state.Segments[count].BaseOffset), count);
            return count;
        }
    }

    // On a full disk the older segments must go first, to make room for a new one.
    private bool TryRoll()
    {
        try
        {
            RollAt(_state.End);
            return true;
        }
        catch (IOException)
        {
            return false;
        }
    }

    private int CountExpired(LogOptions options, long highWatermark)
    {
        var state = _state;
        var now = _place.Now;
        var excess = options.RetentionBytes < 0 ? -1 : SizeInBytes - options.RetentionBytes;
        var count = 0;
        for (; count < state.Segments.Length; count++)
        {
            var segment = state.Segments[count];
            var size = state.EndOf(count);
            var isTooOld = options.RetentionMs >= 0 && now - segment.LargestTimestamp > options.RetentionMs;
            excess -= size;
            if ((!isTooOld && excess < 0) || state.EndOffsetOf(count) > highWatermark || (segment == state.Active && size == 0))
            {
                break;
            }
        }

        return count;
    }

    /// <summary>Moves the start forward and takes away the first segments, all of them before it.</summary>
    private void DropBefore(LogState state, long start, int count)
    {
        var removed = state.Segments.AsSpan(0, count);
        Publish(state with { Segments = state.Segments[count..], Start = start });
        ForgetCorruption();
        _areEpochsDirty |= _epochs.TruncateFromStart(start);
        try
        {
            foreach (var segment in removed)
            {
                segment.MarkDeleted();
            }

            _snapshots.RemoveWhere(x => x <= _state.Segments[0].BaseOffset && x < start);
        }
        catch (IOException)
        {
            // Nobody finds these files any more; what is left of them is removed after the next start, as they lie before the start.
        }

        Retire(removed);
    }

    /// <summary>Lets go of segments that are no longer published; their readers finish undisturbed.</summary>
    private void Retire(ReadOnlySpan<Segment> segments)
    {
        if (segments.IsEmpty)
        {
            return;
        }

        _removals.Schedule(segments.ToArray(), _options.FileDeleteDelayMs);
        foreach (var segment in segments)
        {
            segment.Release();
        }
    }
}
