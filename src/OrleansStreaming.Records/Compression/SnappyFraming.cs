using System.Buffers.Binary;

namespace OrleansStreaming.Records.Compression;

/// <summary>
/// The framing of the Java snappy library ("xerial"), which Kafka's Java clients write: a header of 16 bytes, then blocks, each
/// behind its compressed length (int32, big-endian).
/// </summary>
internal static class SnappyFraming
{
    internal const int HeaderBytes = 16;
    internal const int LengthBytes = 4;

    /// <summary>The block size of the Java library's default.</summary>
    internal const int BlockBytes = 32 * 1024;

    // Three bytes are the shortest element that copies 64 bytes, the most there is.
    private const int GreatestRatio = 22;

    /// <summary>Magic 82 'SNAPPY' 00, version 1, lowest compatible version 1.</summary>
    internal static ReadOnlySpan<byte> Header => [0x82, (byte)'S', (byte)'N', (byte)'A', (byte)'P', (byte)'P', (byte)'Y', 0, 0, 0, 0, 1, 0, 0, 0, 1];

    private static ReadOnlySpan<byte> Magic => Header[..8];

    internal static bool IsHeader(ReadOnlySpan<byte> bytes) => bytes.StartsWith(Magic);

    internal static int ReadLength(ReadOnlySpan<byte> bytes) => BinaryPrimitives.ReadInt32BigEndian(bytes);

    /// <summary>Whether a block of so many bytes can unfold to what it claims; asked before memory is set aside for it.</summary>
    internal static bool IsPlausible(nuint unfolded, int compressed) => unfolded <= (nuint)compressed * GreatestRatio;
}
