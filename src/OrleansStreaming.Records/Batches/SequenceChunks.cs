using System.Buffers;

namespace OrleansStreaming.Records.Batches;

/// <summary>The segments of an uncompressed records section, where they lie.</summary>
internal struct SequenceChunks(in ReadOnlySequence<byte> bytes) : IChunkSource
{
    private readonly ReadOnlySequence<byte> _bytes = bytes;
    private SequencePosition _next = bytes.Start;

    public bool TryNext(out ReadOnlySpan<byte> chunk)
    {
        while (_bytes.TryGet(ref _next, out ReadOnlyMemory<byte> segment))
        {
            if (!segment.IsEmpty)
            {
                chunk = segment.Span;
                return true;
            }
        }

        chunk = default;
        return false;
    }
}
