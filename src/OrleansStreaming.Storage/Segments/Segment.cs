using System.Buffers;
using OrleansStreaming.Records.Batches;
using OrleansStreaming.Storage.Devices;
using OrleansStreaming.Storage.Indexes;

namespace OrleansStreaming.Storage.Segments;

/// <summary>
/// One file of batches with its indexes. One writer; readers on any thread, each holding it open (<see cref="TryAcquire"/>) while
/// it looks. A reader sees no more than the end that its log has published.
/// </summary>
internal sealed class Segment
{
    private readonly IStorageDevice _device;
    private readonly string _directory;
    private readonly string _stage;
    private int _bytesSinceIndexEntry;
    private int _owners = 1;
    private volatile int[] _truncations = [];

    /// <param name="stage">What the files' names end with while the segment is not, or not yet, part of its log.</param>
    public Segment(IStorageDevice device, string directory, long baseOffset, long createdAt, string stage = "")
    {
        _device = device;
        _directory = directory;
        _stage = stage;
        BaseOffset = baseOffset;
        CreatedAt = createdAt;
        Log = FileOf(SegmentFiles.Log);
        OffsetIndex = new OffsetIndex(FileOf(SegmentFiles.OffsetIndex), baseOffset);
        TimeIndex = new TimeIndex(FileOf(SegmentFiles.TimeIndex), baseOffset);
        TransactionIndex = new TransactionIndex(FileOf(SegmentFiles.TransactionIndex), baseOffset);
    }

    public long BaseOffset { get; }

    public LazyFile Log { get; }

    public OffsetIndex OffsetIndex { get; }

    public TimeIndex TimeIndex { get; }

    public TransactionIndex TransactionIndex { get; }

    /// <summary>Which bytes of the log may be served without a check.</summary>
    public VerifiedRanges Verified { get; } = new();

    /// <summary>Bytes of good batches; the writer's view, and everybody's once the segment is closed.</summary>
    public int Size { get; set; }

    /// <summary>The greatest timestamp of a batch, and that batch's last offset; -1 when no record has one.</summary>
    public (long Timestamp, long Offset) Max { get; set; } = (-1, -1);

    /// <summary>When it was made or found, for segments whose records have no timestamps; milliseconds since 1970.</summary>
    public long CreatedAt { get; set; }

    /// <summary>The timestamp that <c>segment.ms</c> counts from: the first batch's; null while there is none.</summary>
    public long? FirstTimestamp { get; private set; }

    /// <summary>The log and all indexes are on disk as they are in memory.</summary>
    public bool IsSynced { get; set; }

    /// <summary>What retention measures.</summary>
    public long LargestTimestamp => Max.Timestamp >= 0 ? Max.Timestamp : CreatedAt;

    public int TruncationCount => _truncations.Length;

    /// <summary>Writes the bytes behind the last good batch. A failure leaves <see cref="Size"/> as it was.</summary>
    /// <exception cref="IOException">Nothing was added, but a part may lie behind the end: see <see cref="CutTail"/>.</exception>
    public void Write(in ReadOnlySequence<byte> batches)
    {
        IsSynced = false;
        Log.Get().Write(Size, batches);
    }

    /// <summary>Counts in a batch that was written at <see cref="Size"/>, and indexes it when one is due.</summary>
    public void Add(in BatchHeader header, int indexIntervalBytes)
    {
        FirstTimestamp ??= header.MaxTimestamp;
        if (header.MaxTimestamp > Max.Timestamp && header.RecordCount > 0)
        {
            Max = (header.MaxTimestamp, header.LastOffset);
        }

        if (_bytesSinceIndexEntry > indexIntervalBytes)
        {
            OffsetIndex.Append(header.LastOffset, Size);
            AddTimeIndexEntry();
            _bytesSinceIndexEntry = 0;
        }

        _bytesSinceIndexEntry += (int)header.SizeInBytes;
        Size += (int)header.SizeInBytes;
    }

    /// <summary>Reads <see cref="FirstTimestamp"/> of a segment that was found on disk; the writer's to call.</summary>
    public void FindFirstTimestamp() => FirstTimestamp ??= ReadFirstTimestamp();

    /// <summary>The first batch's greatest timestamp, from the file; null while there is none.</summary>
    public long? ReadFirstTimestamp()
    {
        Span<byte> header = stackalloc byte[BatchHeader.Size];
        return Size > 0 && Log.Get().ReadFully(0, header) == header.Length && BatchHeader.TryRead(header, out var first)
            ? first.MaxTimestamp
            : null;
    }

    /// <summary>Removes what a failed write may have left behind the last good batch.</summary>
    public void CutTail() => Log.Get().SetLength(Size);

    /// <summary>Forgets the indexes and the size, to be built anew from the batches.</summary>
    public void ResetIndexes()
    {
        OffsetIndex.Entries.TruncateTo(0);
        TimeIndex.Entries.TruncateTo(0);
        Max = (-1, -1);
        FirstTimestamp = null;
        Size = 0;
        _bytesSinceIndexEntry = 0;
        IsSynced = false;
    }

    /// <summary>Brings the index files up to date; the last time entry says what the segment's greatest timestamp is.</summary>
    public void Seal()
    {
        AddTimeIndexEntry();
        OffsetIndex.Entries.Seal();
        TimeIndex.Entries.Seal();
    }

    /// <summary>Syncs the log and its indexes, which must be sealed.</summary>
    public void SyncAll()
    {
        Log.Get().Flush();
        OffsetIndex.Entries.Sync();
        TimeIndex.Entries.Sync();
        TransactionIndex.Sync();
        IsSynced = true;
    }

    /// <summary>Finds the first batch before <paramref name="end"/> that ends at or after the offset; null when there is none.</summary>
    /// <exception cref="SegmentDamagedException">The bytes on the way are not batches.</exception>
    public BatchPosition? Locate(long offset, int end, int from = 0)
    {
        Span<byte> window = stackalloc byte[BatchWalk.SmallWindow];
        var walk = new BatchWalk(Log.Get(), Math.Max(from, IndexedPosition(offset, end, window)), end, window, BaseOffset);
        while (walk.MoveNext())
        {
            if (walk.Header.LastOffset >= offset)
            {
                return new BatchPosition(walk.Position, (int)walk.Header.SizeInBytes, walk.Header.BaseOffset);
            }
        }

        return walk.IsDamaged ? throw new SegmentDamagedException(Log.Path, walk.DamagedAt) : null;
    }

    /// <summary>The offset at which the first batch at or after the position can begin, by the batches before it.</summary>
    public long FirstOffsetAt(int position)
    {
        Span<byte> window = stackalloc byte[BatchWalk.SmallWindow];
        var walk = new BatchWalk(Log.Get(), 0, position, window, BaseOffset);
        while (walk.MoveNext())
        {
        }

        return walk.NextOffset;
    }

    /// <summary>Cuts the file at the position, where the batch begins that holds the offset.</summary>
    public void CutTo(long offset, int position, long now)
    {
        OffsetIndex.TruncateTo(offset);
        TimeIndex.TruncateTo(offset);
        TransactionIndex.TruncateTo(offset);
        IsSynced = false;

        // Announced before it happens, so that a reader that finds other bytes also finds the reason.
        _truncations = [.. _truncations, position];
        Size = position;
        Verified.TruncateTo(position);
        Log.Get().SetLength(position);
        _bytesSinceIndexEntry = 0;
        if (position == 0)
        {
            FirstTimestamp = null;
            CreatedAt = now;
        }

        FindMax();
    }

    /// <summary>
    /// Builds the indexes from the batches' headers. Where bytes in the middle are damaged the index ends; nothing is removed.
    /// </summary>
    public void RebuildIndexes(int indexIntervalBytes)
    {
        var length = Size;
        ResetIndexes();
        VisitHeaders(0, length, (in header, _) =>
        {
            Add(header, indexIntervalBytes);
            return true;
        });
        Seal();
        Size = length;
    }

    /// <summary>
    /// The offset after the last batch, from the last index entry on; false when the file does not end with a whole batch.
    /// </summary>
    public bool TryFindEnd(out long end)
    {
        var last = BaseOffset;
        var good = VisitHeaders(OffsetIndex.Last().Position, Size, (in header, _) =>
        {
            last = header.NextOffset;
            return true;
        });
        end = last;
        return good == Size;
    }

    /// <summary>Visits the batches between two positions by their headers; answers where the good ones end.</summary>
    public int VisitHeaders(int start, int end, BatchVisitor visit)
    {
        Span<byte> window = stackalloc byte[BatchWalk.SmallWindow];
        var walk = new BatchWalk(Log.Get(), start, end, window);
        while (walk.MoveNext() && visit(walk.Header, walk.Position))
        {
        }

        return walk.Next;
    }

    /// <summary>Gives back the descriptors of a segment that nobody may ever read; the next use opens them again.</summary>
    public void CloseIdleFiles()
    {
        Log.Dispose();
        OffsetIndex.Dispose();
        TimeIndex.Dispose();
        TransactionIndex.Dispose();
    }

    /// <summary>Finds the greatest timestamp from the last time entry and the batches after it.</summary>
    public void FindMax()
    {
        var last = TimeIndex.Last();
        Max = last.Timestamp >= 0 ? last : (-1, -1);
        Span<byte> window = stackalloc byte[BatchWalk.SmallWindow];
        var walk = new BatchWalk(Log.Get(), TimeIndex.Count == 0 ? 0 : OffsetIndex.Lookup(last.Offset).Position, Size, window);
        while (walk.MoveNext())
        {
            if (walk.Header.MaxTimestamp > Max.Timestamp && walk.Header.RecordCount > 0)
            {
                Max = (walk.Header.MaxTimestamp, walk.Header.LastOffset);
            }
        }
    }

    public bool WasTruncatedBelow(int end, int truncationsSeen)
    {
        var truncations = _truncations;
        for (var i = truncationsSeen; i < truncations.Length; i++)
        {
            if (truncations[i] < end)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Keeps the files open until <see cref="Release"/>; false when the segment is already closed.</summary>
    public bool TryAcquire()
    {
        var owners = Volatile.Read(ref _owners);
        while (owners > 0)
        {
            var seen = Interlocked.CompareExchange(ref _owners, owners + 1, owners);
            if (seen == owners)
            {
                return true;
            }

            owners = seen;
        }

        return false;
    }

    /// <summary>Gives up one share; the last one closes the files.</summary>
    public void Release()
    {
        if (Interlocked.Decrement(ref _owners) == 0)
        {
            Log.Dispose();
            OffsetIndex.Dispose();
            TimeIndex.Dispose();
            TransactionIndex.Dispose();
        }
    }

    /// <summary>Renames every file so that a later start does not find the segment.</summary>
    public void MarkDeleted()
    {
        Rename(Log, SegmentFiles.Log + SegmentFiles.Deleted);
        RenameIndexes(SegmentFiles.Deleted);
    }

    /// <summary>Gives every file the name of another stage, the log last: who finds its name finds the others'.</summary>
    public void MoveTo(string stage)
    {
        RenameIndexes(stage);
        Rename(Log, SegmentFiles.Log + stage);
    }

    /// <summary>Removes the files after <see cref="MarkDeleted"/>; readers that have them open finish undisturbed.</summary>
    public void DeleteFiles()
    {
        foreach (var file in (ReadOnlySpan<LazyFile>)[Log, OffsetIndex.Entries.File, TimeIndex.Entries.File, TransactionIndex.File])
        {
            _device.DeleteFile(file.Path);
        }
    }

    /// <summary>
    /// Where the index says that a batch begins which is not behind the offset; the segment's beginning when the index is damaged or
    /// gone: then the slow way is still right.
    /// </summary>
    private int IndexedPosition(long offset, int end, Span<byte> window)
    {
        try
        {
            var (lastOffset, position) = OffsetIndex.Lookup(offset);
            if (position <= 0 || position >= end)
            {
                return 0;
            }

            // The batch that the entry is about must be there; Kafka makes one for several batches, with the last one's offset.
            var walk = new BatchWalk(Log.Get(), position, end, window, BaseOffset);
            while (walk.MoveNext() && walk.Header.LastOffset < lastOffset)
            {
            }

            return walk.Header.LastOffset == lastOffset ? position : 0;
        }
        catch (IOException)
        {
            return 0;
        }
    }

    private LazyFile FileOf(string suffix) => new(_device, SegmentFiles.PathOf(_directory, BaseOffset, suffix + _stage));

    private void RenameIndexes(string stage)
    {
        Rename(OffsetIndex.Entries.File, SegmentFiles.OffsetIndex + stage);
        Rename(TimeIndex.Entries.File, SegmentFiles.TimeIndex + stage);
        Rename(TransactionIndex.File, SegmentFiles.TransactionIndex + stage);
    }

    private void Rename(LazyFile file, string suffix) => file.Rename(SegmentFiles.PathOf(_directory, BaseOffset, suffix));

    private void AddTimeIndexEntry()
    {
        if (Max.Timestamp >= 0)
        {
            TimeIndex.Append(Max.Timestamp, Max.Offset);
        }
    }
}
