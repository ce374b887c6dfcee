using System.Buffers;
using System.Runtime.InteropServices;
using OrleansStreaming.Contracts.Replication;
using OrleansStreaming.Records.Batches;
using OrleansStreaming.Records.Ids;

namespace OrleansStreaming.Client.Consuming;

/// <summary>What one fetch brought: whole batches, taken one after the other. Gives its memory back when it is done. For one thread.</summary>
internal sealed class FetchedChunk(ReadOnlyMemory<byte> bytes, bool isPooled, AbortedTransactionRange[] aborted)
{
    private readonly HashSet<long> _abortedNow = [];
    private int _position;
    private int _nextAborted;
    private bool _isReleased;

    public int Length { get; } = bytes.Length;

    /// <summary>The offset behind the last whole batch; null when there is none.</summary>
    public static Offset? EndOf(ReadOnlySpan<byte> bytes)
    {
        var scanner = new BatchScanner(bytes, checkCrc: false);
        Offset? end = null;
        while (scanner.MoveNext())
        {
            end = new Offset(scanner.Header.NextOffset);
        }

        return end;
    }

    /// <summary>The next whole batch and whether its records count: markers and aborted transactions do not. False at the end.</summary>
    public bool TryTake(out ReadOnlyMemory<byte> batch, out BatchHeader header, out bool isVisible)
    {
        isVisible = false;
        batch = default;
        var rest = bytes[_position..];
        if (!BatchHeader.TryRead(rest.Span, out header) || header.SizeInBytes > rest.Length || header.SizeInBytes < BatchHeader.Size)
        {
            return false;
        }

        batch = rest[..(int)header.SizeInBytes];
        _position += batch.Length;
        while (_nextAborted < aborted.Length && aborted[_nextAborted].FirstOffset.Value <= header.LastOffset)
        {
            _abortedNow.Add(aborted[_nextAborted++].ProducerId.Value);
        }

        if (header.IsControl)
        {
            // Commit or abort: either way the producer's transaction is over.
            _abortedNow.Remove(header.ProducerId);
            return true;
        }

        isVisible = !header.IsTransactional || !_abortedNow.Contains(header.ProducerId);
        return true;
    }

    public void Release()
    {
        if (isPooled && !_isReleased && MemoryMarshal.TryGetArray(bytes, out var array))
        {
            ArrayPool<byte>.Shared.Return(array.Array!);
        }

        _isReleased = true;
    }
}
