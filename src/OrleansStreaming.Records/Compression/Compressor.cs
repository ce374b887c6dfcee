using System.Buffers;
using System.IO.Compression;

namespace OrleansStreaming.Records.Compression;

/// <summary>Compresses whole payloads, in the exact shapes that Kafka's clients read. Thread safe.</summary>
public static class Compressor
{
    /// <summary>Appends the compressed form of <paramref name="source"/>.</summary>
    /// <param name="type">A codec other than none.</param>
    /// <param name="level">
    /// The codec's own level; null for its default (gzip 6, zstd 3, lz4 fast). Snappy has none.
    /// </param>
    /// <exception cref="CompressionLibraryMissingException">The codec's system library is not installed.</exception>
    public static void Compress(CompressionType type, ReadOnlySpan<byte> source, IBufferWriter<byte> destination, int? level = null)
    {
        switch (type)
        {
            case CompressionType.Gzip:
                Gzip(source, destination, level);
                break;
            case CompressionType.Snappy:
                SnappyCompressor.Compress(source, destination);
                break;
            case CompressionType.Lz4:
                Lz4Compressor.Compress(source, destination, level ?? 0);
                break;
            case CompressionType.Zstd:
                ZstdCompressor.Compress(source, destination, level ?? 0);
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(type), type, "Not a codec.");
        }
    }

    private static void Gzip(ReadOnlySpan<byte> source, IBufferWriter<byte> destination, int? level)
    {
        using MemoryStream output = new();
        using (GZipStream stream = level is { } wanted
            ? new GZipStream(output, new ZLibCompressionOptions { CompressionLevel = wanted }, leaveOpen: true)
            : new GZipStream(output, CompressionLevel.Optimal, leaveOpen: true))
        {
            stream.Write(source);
        }

        destination.Write(output.GetBuffer().AsSpan(0, (int)output.Length));
    }
}
