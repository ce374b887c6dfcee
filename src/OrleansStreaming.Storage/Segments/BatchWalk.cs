using OrleansStreaming.Records.Batches;
using OrleansStreaming.Storage.Devices;

namespace OrleansStreaming.Storage.Segments;

/// <summary>
/// Goes from batch to batch through a part of a segment file and reads no more than the headers need.
/// </summary>
/// <param name="file">The segment's log.</param>
/// <param name="start">Where a batch begins.</param>
/// <param name="end">Where the last batch ends.</param>
/// <param name="window">Bytes read at a time; at least a header. Several small batches fit into one read.</param>
/// <param name="atLeast">No offset is below it; batches whose offsets do not rise are none.</param>
internal ref struct BatchWalk(IStorageFile file, int start, int end, Span<byte> window, long atLeast = 0)
{
    /// <summary>A window for a handful of headers, small enough for the stack.</summary>
    public const int SmallWindow = 4096;

    private readonly Span<byte> _window = window;
    private int _windowStart;
    private int _windowLength;
    private int _next = start;
    private long _nextOffset = atLeast;
    private bool _isMisplaced;

    public BatchHeader Header { get; private set; }

    /// <summary>Where the current batch begins.</summary>
    public int Position { get; private set; } = start;

    /// <summary>Where the current batch ends; after the last one, where the good batches end.</summary>
    public readonly int Next => _next;

    /// <summary>The first offset that the next batch may have.</summary>
    public readonly long NextOffset => _nextOffset;

    /// <summary>The walk stopped before the end because the bytes there are no batch.</summary>
    public readonly bool IsDamaged => _next < end;

    /// <summary>
    /// Where the damage begins. Of two batches that overlap one is in the wrong place and nothing tells which: then at the first.
    /// </summary>
    public readonly int DamagedAt => _isMisplaced ? Position : _next;

    public bool MoveNext()
    {
        if (end - _next < BatchHeader.Size || !TryReadHeader(_next, out var header)
            || header.Magic != BatchHeader.CurrentMagic
            || header.SizeInBytes < BatchHeader.Size
            || header.SizeInBytes > end - _next
            || header.LastOffsetDelta < 0)
        {
            return false;
        }

        if (header.BaseOffset < _nextOffset)
        {
            _isMisplaced = true;
            return false;
        }

        Header = header;
        Position = _next;
        _next += (int)header.SizeInBytes;
        _nextOffset = header.NextOffset;
        return true;
    }

    private bool TryReadHeader(int position, out BatchHeader header)
    {
        if (position < _windowStart || position + BatchHeader.Size > _windowStart + _windowLength)
        {
            _windowStart = position;
            _windowLength = file.ReadFully(position, _window[..Math.Min(_window.Length, end - position)]);
        }

        return BatchHeader.TryRead(_window[(position - _windowStart).._windowLength], out header);
    }
}
