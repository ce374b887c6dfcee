using System.Buffers.Binary;
using OrleansStreaming.Storage.Devices;

namespace OrleansStreaming.Storage.Indexes;

/// <summary>
/// The file <c>.index</c>: now and then the last offset of a batch, relative to the segment's base, and where the batch begins.
/// Eight bytes an entry, big-endian, both rising.
/// </summary>
internal sealed class OffsetIndex(LazyFile file, long baseOffset) : IDisposable
{
    public const int EntrySize = 8;

    private readonly EntryFile _entries = new(file, EntrySize, static x => BinaryPrimitives.ReadInt32BigEndian(x));

    public EntryFile Entries => _entries;

    public int Count => _entries.Count;

    public void Append(long lastOffset, int position)
    {
        Span<byte> entry = stackalloc byte[EntrySize];
        BinaryPrimitives.WriteInt32BigEndian(entry, checked((int)(lastOffset - baseOffset)));
        BinaryPrimitives.WriteInt32BigEndian(entry[4..], position);
        _entries.Append(entry);
    }

    /// <summary>The last indexed batch that ends at or before the offset; the segment's beginning when there is none.</summary>
    public (long LastOffset, int Position) Lookup(long offset)
    {
        Span<byte> entry = stackalloc byte[EntrySize];
        return _entries.FindFloor(offset - baseOffset, entry) < 0
            ? (baseOffset, 0)
            : (baseOffset + BinaryPrimitives.ReadInt32BigEndian(entry), BinaryPrimitives.ReadInt32BigEndian(entry[4..]));
    }

    /// <summary>Drops the entries of batches that end at or after the offset.</summary>
    public void TruncateTo(long offset)
    {
        Span<byte> entry = stackalloc byte[EntrySize];
        _entries.TruncateTo(_entries.FindFloor(offset - 1 - baseOffset, entry) + 1);
    }

    /// <summary>The last entry; the segment's beginning when there is none.</summary>
    public (long LastOffset, int Position) Last()
    {
        if (Count == 0)
        {
            return (baseOffset, 0);
        }

        Span<byte> entry = stackalloc byte[EntrySize];
        _entries.Read(Count - 1, entry);
        return (baseOffset + BinaryPrimitives.ReadInt32BigEndian(entry), BinaryPrimitives.ReadInt32BigEndian(entry[4..]));
    }

    /// <summary>Loads the file; false when it cannot be the index of a segment of that many bytes.</summary>
    public bool Load(long segmentBytes)
    {
        if (!_entries.Load())
        {
            return false;
        }

        // The zeros that Kafka preallocates are no entries either.
        var (lastOffset, position) = Last();
        return Count == 0 || (lastOffset >= baseOffset && position >= 0 && position < segmentBytes && (Count == 1 || position > 0));
    }

    public void Dispose() => _entries.Dispose();
}
