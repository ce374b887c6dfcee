using OrleansStreaming.Records.Compression;

namespace OrleansStreaming.Records.Batches;

/// <summary>The records section of a compressed batch, as it unfolds.</summary>
internal readonly struct DecompressedChunks(Decompressor decompressor) : IChunkSource
{
    public bool TryNext(out ReadOnlySpan<byte> chunk) => decompressor.TryNext(out chunk);
}
