using System.Buffers;
using OrleansStreaming.Records.Checksums;

namespace OrleansStreaming.Records.Batches;

/// <summary>
/// Walks the batches of a run of bytes by their headers, without looking into the records. For followers and recovery, which
/// trust the records to have been validated by a leader. Allocates nothing.
/// <code>while (scanner.MoveNext()) { … scanner.Position, scanner.Header … }  // then look at scanner.Status</code>
/// </summary>
public ref struct BatchScanner
{
    // What follows the last batch found, so that a step never walks the segments from the start again.
    private ReadOnlySequence<byte> _rest;
    private readonly ReadOnlySpan<byte> _span;
    private readonly bool _isSpan;
    private readonly bool _checkCrc;
    private BatchHeader _header;
    private long _next;

    /// <param name="bytes">Batches one after another; the last may be cut short.</param>
    /// <param name="checkCrc">Also compute each batch's CRC.</param>
    public BatchScanner(scoped in ReadOnlySequence<byte> bytes, bool checkCrc)
    {
        _checkCrc = checkCrc;
        Length = bytes.Length;
        if (bytes.IsSingleSegment)
        {
            _span = bytes.FirstSpan;
            _isSpan = true;
        }
        else
        {
            _rest = bytes;
        }
    }

    /// <inheritdoc cref="BatchScanner(in ReadOnlySequence{byte}, bool)"/>
    public BatchScanner(ReadOnlySpan<byte> bytes, bool checkCrc)
    {
        _checkCrc = checkCrc;
        Length = bytes.Length;
        _span = bytes;
        _isSpan = true;
    }

    /// <summary>Bytes of the whole run.</summary>
    public long Length { get; }

    /// <summary>Where the current batch begins; it is <c>Header.SizeInBytes</c> long. After the end: where the scan stopped.</summary>
    public long Position { get; private set; }

    /// <summary>The current batch's header.</summary>
    public readonly BatchHeader Header => _header;

    /// <summary>Why <see cref="MoveNext"/> answered false; <see cref="BatchScanStatus.Scanning"/> before that.</summary>
    public BatchScanStatus Status { get; private set; }

    /// <summary>Goes to the next whole, well-formed batch; false at the end of the run or at the first bytes that are not one.</summary>
    public bool MoveNext()
    {
        if (Status != BatchScanStatus.Scanning)
        {
            return false;
        }

        Position = _next;
        long left = Length - _next;
        if (left == 0)
        {
            return Stop(BatchScanStatus.End);
        }

        bool whole = _isSpan
            ? BatchHeader.TryRead(_span[(int)_next..], out _header)
            : BatchHeader.TryRead(_rest, out _header);
        if (!whole)
        {
            return Stop(BatchScanStatus.Truncated);
        }

        if (_header.SizeInBytes < BatchHeader.Size || _header.Magic != BatchHeader.CurrentMagic || _header.LastOffsetDelta < 0)
        {
            return Stop(BatchScanStatus.Corrupt);
        }

        if (_header.SizeInBytes > left)
        {
            return Stop(BatchScanStatus.Truncated);
        }

        if (_checkCrc && ComputeCrc() != _header.Crc)
        {
            return Stop(BatchScanStatus.Corrupt);
        }

        _next += _header.SizeInBytes;
        if (!_isSpan)
        {
            _rest = _rest.Slice(_header.SizeInBytes);
        }

        return true;
    }

    private readonly uint ComputeCrc()
    {
        int length = (int)_header.SizeInBytes - BatchLayout.Attributes;
        return _isSpan
            ? Crc32C.Compute(_span.Slice((int)_next + BatchLayout.Attributes, length))
            : Crc32C.Compute(_rest.Slice(BatchLayout.Attributes, length));
    }

    private bool Stop(BatchScanStatus status)
    {
        Status = status;
        return false;
    }
}
