namespace OrleansStreaming.Records.Compression;

/// <summary>Why a <see cref="Decompressor"/> stopped before the payload's end.</summary>
public enum DecompressionFault : byte
{
    None = 0,

    /// <summary>The bytes are not what the codec writes, or end too soon.</summary>
    Malformed,

    /// <summary>The payload unfolds to more bytes than were allowed.</summary>
    TooLarge,
}
