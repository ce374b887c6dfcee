using OrleansStreaming.Records.Ids;
using OrleansStreaming.Storage.Devices;
using OrleansStreaming.Storage.Segments;

namespace OrleansStreaming.Storage.Logs;

public sealed partial class PartitionLog
{
    private const int ScrubBufferBytes = 256 * 1024;

    private readonly Lock _corruptionGate = new();
    private volatile LogCorruption? _corruption;

    /// <summary>
    /// The first damage that reads, compactions or scrubs have found and that is still there; null for none. Damaged batches are
    /// not served; what lies before and behind them is. A follower calls <see cref="DropCorrupted"/> and catches up; whoever leads
    /// should give the leadership away first.
    /// </summary>
    public LogCorruption? Corruption => _corruption;

    /// <summary>
    /// Cuts the log at the first damage that is known, so that the rest can be had from the leader again; answers the log's new
    /// end. Does nothing when no damage is known.
    /// </summary>
    /// <exception cref="IOException">The disk refused; the log is as it was or shorter.</exception>
    public Offset DropCorrupted()
    {
        if (_corruption is { } corruption)
        {
            TruncateTo(corruption.From);
        }

        return LogEnd;
    }

    /// <summary>
    /// Checks batches again from an offset on, whatever is believed of them: what was good when it was written or first read may have
    /// rotted since. Their segment is trusted no more and checked as it is read. Damage is noted in <see cref="Corruption"/>.
    /// </summary>
    /// <param name="maxBytes">At least one batch is checked.</param>
    public void Recheck(Offset from, int maxBytes)
    {
        var state = _state;
        var segment = state.Segments[state.IndexOf(from.Value)];
        segment.Verified.DistrustUpTo(segment.Size);
        Read(from, LogEnd, maxBytes, atLeastOneBatch: true).Records.Dispose();
    }

    /// <summary>
    /// Reads every segment again, at a pace, and checks all its batches, also those that were good before: disks forget.
    /// Damage is noted in <see cref="Corruption"/>. Answers the bytes read.
    /// </summary>
    public async Task<long> ScrubAsync(IoPace pace, CancellationToken cancellationToken)
    {
        using var batches = new CheckedBatches(ScrubBufferBytes, pace);
        for (var next = LogStart.Value; ;)
        {
            var state = _state;
            var index = state.IndexOf(next);
            var segment = state.Segments[index];
            if (_isClosed || !segment.TryAcquire())
            {
                return batches.BytesRead;
            }

            try
            {
                next = state.EndOffsetOf(index);
                var order = new BatchOrder(segment.BaseOffset, next, _epochs.Entries);
                await batches.RunAsync(segment, 0, state.EndOf(index), order, NoSink.Instance, cancellationToken);
            }
            catch (SegmentDamagedException damage) when (_state.Truncations == state.Truncations)
            {
                NoteDamage(damage);
            }
            catch (IOException)
            {
                // What the disk does not give back now may be readable the next time; reads tell of it.
            }
            finally
            {
                segment.Release();
            }

            if (segment == state.Active)
            {
                return batches.BytesRead;
            }
        }
    }

    /// <summary>
    /// How many of the bytes may be served: all, or those before the first damaged batch. What was found on disk is checked when it
    /// is first read, what this process wrote is not.
    /// </summary>
    /// <exception cref="SegmentDamagedException">The first batch is damaged.</exception>
    private int Verify(LogState state, int index, int start, int length)
    {
        var segment = state.Segments[index];
        if (segment.Verified.Covers(start, start + length))
        {
            return length;
        }

        var order = new BatchOrder(segment.BaseOffset, state.EndOffsetOf(index), _epochs.Entries);
        var damage = SegmentCheck.FindDamage(segment, start, start + length, state.EndOf(index), order, out var checkedTo);
        if (_state.Truncations != state.Truncations)
        {
            // Nobody knows what these bytes are; the caller looks again.
            return 0;
        }

        segment.Verified.Add(start, checkedTo);
        if (damage == start)
        {
            throw new SegmentDamagedException(segment.Log.Path, start);
        }

        if (damage < start + length)
        {
            NoteDamage(new SegmentDamagedException(segment.Log.Path, damage));
        }

        return damage - start;
    }

    /// <summary>Remembers the damage when it is the first in the log, and trusts nothing more in its segment.</summary>
    internal void NoteDamage(SegmentDamagedException damage)
    {
        lock (_corruptionGate)
        {
            if (_corruption is { } again && again.File == damage.Path && again.Position == damage.Position)
            {
                return;
            }

            if (Array.Find(_state.Segments, x => x.Log.Path == damage.Path) is not { } segment)
            {
                return;
            }

            segment.Verified.DistrustUpTo(segment.Size);
            var found = new LogCorruption(new Offset(segment.FirstOffsetAt(damage.Position)), damage.Path, damage.Position);
            if (_corruption is not { } known || known.From > found.From)
            {
                _corruption = found;
            }
        }
    }

    /// <summary>Forgets damage that was cut away or deleted with its segment.</summary>
    private void ForgetCorruption()
    {
        lock (_corruptionGate)
        {
            var state = _state;
            if (_corruption is { } known && (known.From.Value >= state.End || known.From.Value < state.Segments[0].BaseOffset))
            {
                _corruption = null;
            }
        }
    }

    private sealed class NoSink : IBatchSink
    {
        public static readonly NoSink Instance = new();

        public bool Take(in Records.Batches.BatchHeader header, ReadOnlyMemory<byte> bytes, int position) => true;

        public long EndOfChunk() => 0;
    }
}
