using System.Buffers;
using System.Buffers.Binary;
using OrleansStreaming.Storage.Devices;

namespace OrleansStreaming.Storage.Indexes;

/// <summary>
/// The file <c>.txnindex</c>: the transactions whose abort markers lie in the segment, in the order of their markers. 34 bytes an
/// entry: version (0), producer id, first offset, last offset, last stable offset. There is no file while there is none.
/// One writer; readers on any thread.
/// </summary>
internal sealed class TransactionIndex(LazyFile file, long baseOffset) : IDisposable
{
    public const int EntrySize = 34;

    private const short Version = 0;

    // Between the writer and the background sync.
    private readonly Lock _gate = new();
    private volatile AbortedTransactionEntry[] _entries = [];
    private int _saved;

    /// <summary>What the index holds; the array is never changed.</summary>
    public AbortedTransactionEntry[] Entries => _entries;

    public LazyFile File => file;

    /// <summary>Loads the file if there is one; false when it is damaged.</summary>
    public bool Load(bool exists)
    {
        if (!exists)
        {
            return true;
        }

        var open = file.Get();
        var length = open.Length;
        if (length % EntrySize != 0)
        {
            return false;
        }

        var bytes = new byte[length];
        open.ReadFully(0, bytes);
        var entries = new AbortedTransactionEntry[length / EntrySize];
        for (var i = 0; i < entries.Length; i++)
        {
            if (!TryDecode(bytes.AsSpan(i * EntrySize, EntrySize), out entries[i])
                || entries[i].LastOffset < (i == 0 ? baseOffset : entries[i - 1].LastOffset + 1))
            {
                return false;
            }
        }

        _entries = entries;
        _saved = entries.Length;
        return true;
    }

    /// <summary>Adds the transaction and writes it through; does nothing when its marker is already in the index.</summary>
    public void Append(AbortedTransactionEntry entry)
    {
        lock (_gate)
        {
            AppendOnce(entry);
        }
    }

    /// <summary>Drops the transactions whose markers lie at or after the offset.</summary>
    public void TruncateTo(long offset)
    {
        lock (_gate)
        {
            var kept = Array.FindAll(_entries, x => x.LastOffset < offset);
            _entries = kept;
            _saved = Math.Min(_saved, kept.Length);
            if (file.Exists())
            {
                file.Get().SetLength((long)_saved * EntrySize);
            }
        }
    }

    public void Sync()
    {
        lock (_gate)
        {
            Save();
            if (_saved == 0)
            {
                return;
            }
        }

        file.Get().Flush();
    }

    public void Dispose() => file.Dispose();

    private void AppendOnce(AbortedTransactionEntry entry)
    {
        if (_entries is [.., var last] && last.LastOffset >= entry.LastOffset)
        {
            return;
        }

        // In memory first: what a read_committed reader must skip may not depend on whether the disk has room.
        _entries = [.. _entries, entry];
        try
        {
            Save();
        }
        catch (IOException)
        {
            // Written again by the next append or, with the error shown, by the next sync.
        }
    }

    private void Save()
    {
        var entries = _entries;
        var bytes = new byte[(entries.Length - _saved) * EntrySize];
        if (bytes.Length == 0)
        {
            return;
        }

        for (var i = _saved; i < entries.Length; i++)
        {
            Encode(entries[i], bytes.AsSpan((i - _saved) * EntrySize));
        }

        file.Get().Write((long)_saved * EntrySize, new ReadOnlySequence<byte>(bytes));
        _saved = entries.Length;
    }

    private static void Encode(AbortedTransactionEntry entry, Span<byte> bytes)
    {
        BinaryPrimitives.WriteInt16BigEndian(bytes, Version);
        BinaryPrimitives.WriteInt64BigEndian(bytes[2..], entry.ProducerId);
        BinaryPrimitives.WriteInt64BigEndian(bytes[10..], entry.FirstOffset);
        BinaryPrimitives.WriteInt64BigEndian(bytes[18..], entry.LastOffset);
        BinaryPrimitives.WriteInt64BigEndian(bytes[26..], entry.LastStableOffset);
    }

    private static bool TryDecode(ReadOnlySpan<byte> bytes, out AbortedTransactionEntry entry)
    {
        entry = new AbortedTransactionEntry(
            BinaryPrimitives.ReadInt64BigEndian(bytes[2..]),
            BinaryPrimitives.ReadInt64BigEndian(bytes[10..]),
            BinaryPrimitives.ReadInt64BigEndian(bytes[18..]),
            BinaryPrimitives.ReadInt64BigEndian(bytes[26..]));
        return BinaryPrimitives.ReadInt16BigEndian(bytes) == Version;
    }
}
