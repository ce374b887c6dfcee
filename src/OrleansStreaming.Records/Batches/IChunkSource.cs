namespace OrleansStreaming.Records.Batches;

/// <summary>The records section of a batch, piece by piece.</summary>
internal interface IChunkSource
{
    /// <summary>The next piece, never empty; false after the last, or when the bytes cannot be had.</summary>
    bool TryNext(out ReadOnlySpan<byte> chunk);
}
