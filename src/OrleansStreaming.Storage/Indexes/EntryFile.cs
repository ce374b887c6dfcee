using System.Buffers;
using OrleansStreaming.Storage.Devices;

namespace OrleansStreaming.Storage.Indexes;

/// <summary>
/// A growing file of entries of one size, sorted by the number that each begins with. The newest entries wait in a small tail in
/// memory and go to the file in blocks, so that an append costs no system call and an idle index almost no memory. One writer;
/// readers on any thread.
/// </summary>
internal sealed class EntryFile(LazyFile file, int entrySize, EntryKey keyOf) : IDisposable
{
    private const int FirstTailEntries = 16;
    private const int TailEntries = 512;
    private const int BlockEntries = 256;
    private const int MaxEntrySize = 16;

    private volatile Content _content = new(0, []);

    public int Count
    {
        get
        {
            var content = _content;
            return content.InFile + content.InTail;
        }
    }

    public LazyFile File => file;

    /// <summary>Takes what the file holds; false when its length is not a whole number of entries.</summary>
    public bool Load()
    {
        var length = file.Get().Length;
        _content = new Content((int)Math.Min(length / entrySize, int.MaxValue), []);
        return length % entrySize == 0;
    }

    public void Append(ReadOnlySpan<byte> entry)
    {
        var content = _content;
        if ((content.InTail + 1) * entrySize > content.Tail.Length)
        {
            content = MakeRoom(content);
        }

        entry.CopyTo(content.Tail.AsSpan(content.InTail * entrySize));
        content.InTail++;
    }

    public void Read(int index, Span<byte> entry) => Read(_content, index, entry);

    /// <summary>The last entry whose key is not above the one given, copied out; its index, or -1 when there is none.</summary>
    public int FindFloor(long key, Span<byte> entry)
    {
        var content = _content;
        var inTail = content.InTail;
        var slot = inTail > 0 && keyOf(content.Tail) <= key
            ? content.InFile + FindFloor(content.Tail.AsSpan(0, inTail * entrySize), key)
            : FindFloorInFile(content, key);
        if (slot >= 0)
        {
            Read(content, slot, entry);
        }

        return slot;
    }

    public void TruncateTo(int count)
    {
        var content = _content;
        if (count >= content.InFile)
        {
            var tail = content.Tail.AsSpan(0, (count - content.InFile) * entrySize).ToArray();
            _content = new Content(content.InFile, tail) { InTail = count - content.InFile };
        }
        else
        {
            _content = new Content(count, []);
        }
    }

    /// <summary>Brings the file up to date, creating it when there is none, and lets go of the tail.</summary>
    public void Seal()
    {
        var content = _content;
        WriteTail(content);
        file.Get().SetLength((long)Count * entrySize);
        _content = new Content(Count, []);
    }

    public void Sync() => file.Get().Flush();

    public void Dispose() => file.Dispose();

    private Content MakeRoom(Content content)
    {
        if (content.InTail < TailEntries || !TryWriteTail(content))
        {
            var larger = new byte[Math.Max(FirstTailEntries * entrySize, content.Tail.Length * 2)];
            content.Tail.AsSpan(0, content.InTail * entrySize).CopyTo(larger);
            return _content = new Content(content.InFile, larger) { InTail = content.InTail };
        }

        return _content = new Content(content.InFile + content.InTail, new byte[TailEntries * entrySize]);
    }

    private bool TryWriteTail(Content content)
    {
        try
        {
            WriteTail(content);
            return true;
        }
        catch (IOException)
        {
            // A full disk must not fail an append whose records are already written: the tail grows until there is room.
            return false;
        }
    }

    private void WriteTail(Content content)
    {
        if (content.InTail > 0)
        {
            file.Get().Write(
                (long)content.InFile * entrySize,
                new ReadOnlySequence<byte>(content.Tail, 0, content.InTail * entrySize));
        }
    }

    private void Read(Content content, int index, Span<byte> entry)
    {
        if (index >= content.InFile)
        {
            content.Tail.AsSpan((index - content.InFile) * entrySize, entrySize).CopyTo(entry);
        }
        else if (file.Get().ReadFully((long)index * entrySize, entry[..entrySize]) < entrySize)
        {
            throw new IOException($"Index '{file.Path}' ends before entry {index}.");
        }
    }

    private int FindFloorInFile(Content content, long key)
    {
        Span<byte> block = stackalloc byte[BlockEntries * MaxEntrySize];
        var low = 0;
        var high = content.InFile;
        while (high - low > BlockEntries)
        {
            var middle = low + ((high - low) / 2);
            Read(content, middle, block);
            (low, high) = keyOf(block) <= key ? (middle, high) : (low, middle);
        }

        var bytes = block[..((high - low) * entrySize)];
        if (bytes.IsEmpty)
        {
            return -1;
        }

        if (file.Get().ReadFully((long)low * entrySize, bytes) < bytes.Length)
        {
            throw new IOException($"Index '{file.Path}' is shorter than it was.");
        }

        var slot = FindFloor(bytes, key);
        return slot < 0 ? -1 : low + slot;
    }

    private int FindFloor(ReadOnlySpan<byte> entries, long key)
    {
        var low = 0;
        var high = entries.Length / entrySize;
        while (low < high)
        {
            var middle = (low + high) / 2;
            (low, high) = keyOf(entries[(middle * entrySize)..]) <= key ? (middle + 1, high) : (low, middle);
        }

        return low - 1;
    }

    /// <summary>What a reader sees at once; only <see cref="InTail"/> moves, and only after its entry is written.</summary>
    private sealed class Content(int inFile, byte[] tail)
    {
        private int _inTail;

        public int InFile => inFile;

        public byte[] Tail => tail;

        public int InTail
        {
            get => Volatile.Read(ref _inTail);
            set => Volatile.Write(ref _inTail, value);
        }
    }
}

/// <summary>Reads the sort key of the entry that the span begins with.</summary>
internal delegate long EntryKey(ReadOnlySpan<byte> entry);
