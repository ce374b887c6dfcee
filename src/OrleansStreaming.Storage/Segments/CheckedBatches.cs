using System.Buffers;
using OrleansStreaming.Records.Batches;
using OrleansStreaming.Storage.Devices;

namespace OrleansStreaming.Storage.Segments;

/// <summary>
/// Reads segments in large pieces, at a pace, and shows every batch after its CRC and its place in the order were checked.
/// </summary>
internal sealed class CheckedBatches(int bufferBytes, IoPace pace) : IDisposable
{
    private byte[] _buffer = ArrayPool<byte>.Shared.Rent(Math.Max(bufferBytes, BatchHeader.Size));

    /// <summary>Bytes read since this was made.</summary>
    public long BytesRead { get; private set; }

    /// <summary>Shows the batches between two positions; false when the sink wanted no more.</summary>
    /// <param name="segment">Held open by the caller.</param>
    /// <param name="order">Where the batches must lie.</param>
    /// <exception cref="SegmentDamagedException">Bytes are not the batches that should be there.</exception>
    public async Task<bool> RunAsync(
        Segment segment, int start, int end, BatchOrder order, IBatchSink sink, CancellationToken cancellationToken)
    {
        for (var position = start; position < end;)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var chunk = Read(segment, position, end);
            var isWanted = Show(segment, position, chunk, ref order, sink, out var shown);
            position += shown;
            BytesRead += shown;
            var written = sink.EndOfChunk();
            if (!isWanted)
            {
                return false;
            }

            await pace.TakeAsync(shown + written, cancellationToken);
        }

        return true;
    }

    public void Dispose()
    {
        ArrayPool<byte>.Shared.Return(_buffer);
        _buffer = [];
    }

    private static bool Show(Segment segment, int start, ReadOnlyMemory<byte> chunk, ref BatchOrder order, IBatchSink sink, out int shown)
    {
        var scanner = new BatchScanner(chunk.Span, checkCrc: true);
        while (scanner.MoveNext())
        {
            var position = (int)scanner.Position;
            if (!order.Accepts(scanner.Header, start + position))
            {
                throw new SegmentDamagedException(segment.Log.Path, order.DamagedAt);
            }

            if (!sink.Take(scanner.Header, chunk.Slice(position, (int)scanner.Header.SizeInBytes), start + position))
            {
                shown = position;
                return false;
            }
        }

        shown = (int)scanner.Position;
        return scanner.Status != BatchScanStatus.Corrupt && (shown > 0 || chunk.IsEmpty)
            ? true
            : throw new SegmentDamagedException(segment.Log.Path, start + shown);
    }

    /// <summary>At least the batch at the position, whole.</summary>
    private ReadOnlyMemory<byte> Read(Segment segment, int position, int end)
    {
        while (true)
        {
            var wanted = Math.Min(_buffer.Length, end - position);
            var read = segment.Log.Get().ReadFully(position, _buffer.AsSpan(0, wanted));
            if (!BatchHeader.TryRead(_buffer.AsSpan(0, read), out var header)
                || header.SizeInBytes < BatchHeader.Size
                || header.SizeInBytes > end - position
                || read < wanted)
            {
                throw new SegmentDamagedException(segment.Log.Path, position);
            }

            if (header.SizeInBytes <= read)
            {
                return _buffer.AsMemory(0, read);
            }

            ArrayPool<byte>.Shared.Return(_buffer);
            _buffer = ArrayPool<byte>.Shared.Rent((int)header.SizeInBytes);
        }
    }
}
