using System.Buffers.Binary;
using OrleansStreaming.Storage.Devices;

namespace OrleansStreaming.Storage.Indexes;

/// <summary>
/// The file <c>.timeindex</c>: the greatest timestamp so far, and the last offset of the batch that has it, relative to the
/// segment's base. Twelve bytes an entry, big-endian, both rising.
/// </summary>
internal sealed class TimeIndex(LazyFile file, long baseOffset) : IDisposable
{
    public const int EntrySize = 12;

    private readonly EntryFile _entries = new(file, EntrySize, static x => BinaryPrimitives.ReadInt64BigEndian(x));

    public EntryFile Entries => _entries;

    public int Count => _entries.Count;

    /// <summary>Adds an entry when it says something new.</summary>
    public void Append(long timestamp, long offset)
    {
        if (timestamp <= Last().Timestamp)
        {
            return;
        }

        Span<byte> entry = stackalloc byte[EntrySize];
        BinaryPrimitives.WriteInt64BigEndian(entry, timestamp);
        BinaryPrimitives.WriteInt32BigEndian(entry[8..], checked((int)(offset - baseOffset)));
        _entries.Append(entry);
    }

    /// <summary>
    /// The last entry at or before the timestamp: every record before its offset is older. The segment's base when nothing is known.
    /// </summary>
    public (long Timestamp, long Offset) Lookup(long timestamp)
    {
        Span<byte> entry = stackalloc byte[EntrySize];
        return _entries.FindFloor(timestamp, entry) < 0
            ? (-1, baseOffset)
            : (BinaryPrimitives.ReadInt64BigEndian(entry), OffsetOf(entry));
    }

    public (long Timestamp, long Offset) Last() => Count == 0 ? (-1, baseOffset) : At(Count - 1);

    public void TruncateTo(long offset)
    {
        var count = Count;
        while (count > 0 && At(count - 1).Offset >= offset)
        {
            count--;
        }

        _entries.TruncateTo(count);
    }

    /// <summary>Loads the file; false when it cannot be the time index of this segment.</summary>
    public bool Load()
    {
        if (!_entries.Load())
        {
            return false;
        }

        // The zeros that Kafka preallocates are no entries either.
        var (timestamp, offset) = Last();
        return Count == 0 || (timestamp >= 0 && offset >= baseOffset && (Count == 1 || timestamp > At(0).Timestamp));
    }

    public void Dispose() => _entries.Dispose();

    private (long Timestamp, long Offset) At(int index)
    {
        Span<byte> entry = stackalloc byte[EntrySize];
        _entries.Read(index, entry);
        return (BinaryPrimitives.ReadInt64BigEndian(entry), OffsetOf(entry));
    }

    private long OffsetOf(ReadOnlySpan<byte> entry) => baseOffset + BinaryPrimitives.ReadInt32BigEndian(entry[8..]);
}
