using System.Buffers;

namespace OrleansStreaming.Records.Compression;

/// <summary>
/// Unfolds one compressed payload piece by piece through a small buffer of its own, so that memory stays bounded however much
/// comes out. Rented and returned by <see cref="IDisposable.Dispose"/>; used by one thread at a time.
/// </summary>
public abstract class Decompressor : IDisposable
{
    private long _left;
    private bool _rented;

    private protected Decompressor()
    {
    }

    /// <summary>Why <see cref="TryNext"/> answered false; <see cref="DecompressionFault.None"/> at the payload's regular end.</summary>
    public DecompressionFault Fault { get; private set; }

    /// <summary>Takes a decompressor from the pool and points it at a payload, which must stay valid until it is disposed.</summary>
    /// <param name="type">A codec other than none.</param>
    /// <param name="compressed">All compressed bytes.</param>
    /// <param name="maxBytes">The most bytes that may come out.</param>
    /// <exception cref="CompressionLibraryMissingException">The codec's system library is not installed.</exception>
    public static Decompressor Rent(CompressionType type, in ReadOnlySequence<byte> compressed, long maxBytes)
    {
        Decompressor decompressor = type switch
        {
            CompressionType.Gzip => new GzipDecompressor(),
            CompressionType.Snappy => SnappyDecompressor.Pool.Rent(),
            CompressionType.Lz4 => Lz4Decompressor.Pool.Rent(),
            CompressionType.Zstd => ZstdDecompressor.Pool.Rent(),
            _ => throw new ArgumentOutOfRangeException(nameof(type), type, "Not a codec."),
        };
        decompressor.Fault = DecompressionFault.None;
        decompressor._left = maxBytes;
        decompressor._rented = true;
        decompressor.Start(compressed);
        return decompressor;
    }

    /// <summary>The next bytes, never none, valid until the next call; false at the end or at a <see cref="Fault"/>.</summary>
    public bool TryNext(out ReadOnlySpan<byte> chunk)
    {
        if (Fault != DecompressionFault.None)
        {
            chunk = default;
            return false;
        }

        Fault = Step(_left, out chunk);
        if (chunk.Length > _left)
        {
            Fault = DecompressionFault.TooLarge;
        }

        if (Fault != DecompressionFault.None)
        {
            chunk = default;
            return false;
        }

        _left -= chunk.Length;
        return !chunk.IsEmpty;
    }

    /// <summary>Gives it back to the pool; the last chunk is no longer valid.</summary>
    public void Dispose()
    {
        // Given back twice, it would serve two users at once.
        if (_rented)
        {
            _rented = false;
            Recycle();
        }
    }

    private protected abstract void Start(in ReadOnlySequence<byte> compressed);

    /// <summary>The next bytes, none at the end. May answer more than <paramref name="maxBytes"/>, but must not unfold much more.</summary>
    private protected abstract DecompressionFault Step(long maxBytes, out ReadOnlySpan<byte> chunk);

    private protected abstract void Recycle();
}
