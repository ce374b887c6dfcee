using System.Buffers;
using System.Text;
using OrleansStreaming.Records.Compression;

namespace OrleansStreaming.Records.Tests.Compression;

/// <summary>Payloads to compress, and the way back through the public doors.</summary>
internal static class Payloads
{
    internal static readonly CompressionType[] Codecs =
        [CompressionType.Gzip, CompressionType.Snappy, CompressionType.Lz4, CompressionType.Zstd];

    internal static byte[] Text(int length)
    {
        StringBuilder text = new();
        for (int i = 0; text.Length < length; i++)
        {
            text.Append("event ").Append(i).Append(" of user ").Append(i * 7919 % 1_000).Append("; ");
        }

        return Encoding.ASCII.GetBytes(text.ToString(0, length));
    }

    internal static byte[] Noise(int length, int seed)
    {
        byte[] bytes = new byte[length];
        new Random(seed).NextBytes(bytes);
        return bytes;
    }

    internal static byte[] Compress(CompressionType type, byte[] payload, int? level = null)
    {
        ArrayBufferWriter<byte> writer = new();
        Compressor.Compress(type, payload, writer, level);
        return writer.WrittenSpan.ToArray();
    }

    internal static (byte[] Bytes, DecompressionFault Fault) Decompress(
        CompressionType type, in ReadOnlySequence<byte> compressed, long maxBytes = 1 << 28)
    {
        using Decompressor decompressor = Decompressor.Rent(type, compressed, maxBytes);
        ArrayBufferWriter<byte> writer = new();
        while (decompressor.TryNext(out ReadOnlySpan<byte> chunk))
        {
            Assert.False(chunk.IsEmpty);
            writer.Write(chunk);
        }

        return (writer.WrittenSpan.ToArray(), decompressor.Fault);
    }
}
