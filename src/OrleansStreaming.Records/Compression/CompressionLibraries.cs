using OrleansStreaming.Records.Compression.Native;

namespace OrleansStreaming.Records.Compression;

/// <summary>Which codecs this machine has. Libraries are looked for at first use and the answer is kept. Thread safe.</summary>
public static class CompressionLibraries
{
    /// <summary>What is missing for the codec, or null when it can be used. None and gzip need no library.</summary>
    public static CompressionLibraryMissingException? FindMissing(CompressionType type) => type switch
    {
        CompressionType.None or CompressionType.Gzip => null,
        CompressionType.Snappy => SnappyApi.Library.Missing,
        CompressionType.Lz4 => Lz4Api.Library.Missing,
        CompressionType.Zstd => ZstdApi.Library.Missing,
        _ => throw new ArgumentOutOfRangeException(nameof(type), type, "Not an assigned compression type."),
    };
}
