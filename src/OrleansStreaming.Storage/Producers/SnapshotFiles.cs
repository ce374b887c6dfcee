using OrleansStreaming.Storage.Devices;
using OrleansStreaming.Storage.Segments;

namespace OrleansStreaming.Storage.Producers;

/// <summary>
/// The producer snapshots of one log: at most one a segment, named by the offset it was taken at, and one at the log's end after a
/// clean shutdown.
/// </summary>
internal sealed class SnapshotFiles(IStorageDevice device, string directory)
{
    private readonly SortedSet<long> _offsets = [];

    /// <summary>The offset of the newest one; null when there is none.</summary>
    public long? Newest => _offsets.Count == 0 ? null : _offsets.Max;

    public void Add(long offset) => _offsets.Add(offset);

    /// <summary>
    /// Writes what the states are now; does nothing when the newest snapshot already says so. Without a sync nothing is at risk:
    /// its CRC tells when it did not survive, and the batches after an older one tell the rest.
    /// </summary>
    public void Write(ProducerStates states, bool sync)
    {
        if (_offsets.Count > 0 && _offsets.Max >= states.EndOffset)
        {
            return;
        }

        device.WriteAllBytes(PathOf(states.EndOffset), ProducerSnapshot.Encode(states.Entries), sync);
        _offsets.Add(states.EndOffset);
    }

    /// <summary>
    /// Starts the states from the newest readable snapshot at or before the offset, or from nothing at the log's start. Snapshots
    /// out of that range and damaged ones are removed.
    /// </summary>
    public void LoadNewest(ProducerStates states, long logStart, long atMost, long now, long expirationMs)
    {
        RemoveWhere(x => x <= logStart || x > atMost);
        while (_offsets.Count > 0)
        {
            var offset = _offsets.Max;
            if (device.TryReadAllBytes(PathOf(offset)) is { } bytes && ProducerSnapshot.TryDecode(bytes) is { } entries)
            {
                states.Clear(offset);
                foreach (var entry in entries.Where(x => !ProducerStates.IsExpired(x, now, expirationMs)).OrderBy(x => x.TransactionFirstOffset))
                {
                    states.Load(entry);
                }

                return;
            }

            RemoveWhere(x => x == offset);
        }

        states.Clear(logStart);
    }

    public void RemoveWhere(Predicate<long> condition)
    {
        foreach (var offset in _offsets.Where(x => condition(x)).ToArray())
        {
            device.DeleteFile(PathOf(offset));
            _offsets.Remove(offset);
        }
    }

    private string PathOf(long offset) => SegmentFiles.PathOf(directory, offset, SegmentFiles.ProducerSnapshot);
}
