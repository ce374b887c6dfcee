namespace OrleansStreaming.Records.Compression;

/// <summary>The codec of a batch's records, as in the low three bits of its attributes. 5 to 7 are not assigned.</summary>
public enum CompressionType : byte
{
    None = 0,
    Gzip = 1,

    /// <summary>Snappy blocks, in the framing of the Java library (magic <c>82 'SNAPPY' 00</c>) or one bare block.</summary>
    Snappy = 2,

    /// <summary>The LZ4 frame format.</summary>
    Lz4 = 3,

    /// <summary>Zstandard frames (KIP-110).</summary>
    Zstd = 4,
}
