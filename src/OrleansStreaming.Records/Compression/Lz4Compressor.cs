using System.Buffers;
using OrleansStreaming.Records.Compression.Native;

namespace OrleansStreaming.Records.Compression;

/// <summary>One LZ4 frame of independent 64 KiB blocks without content checksum, as Kafka's Java client writes.</summary>
internal static unsafe class Lz4Compressor
{
    private const int Blocks64KiB = 4;
    private const int IndependentBlocks = 1;

    internal static void Compress(ReadOnlySpan<byte> source, IBufferWriter<byte> destination, int level)
    {
        Lz4Preferences preferences = new()
        {
            BlockSizeId = Blocks64KiB,
            BlockMode = IndependentBlocks,
            CompressionLevel = level,
        };
        nuint bound = Lz4Api.Functions.CompressFrameBound((nuint)source.Length, &preferences);
        Span<byte> output = destination.GetSpan((int)bound);
        nuint length;
        fixed (byte* from = source)
        fixed (byte* to = output)
        {
            length = Lz4Api.Functions.CompressFrame(to, (nuint)output.Length, from, (nuint)source.Length, &preferences);
        }

        if (Lz4Api.Functions.IsError(length) != 0)
        {
            throw new InvalidOperationException("liblz4 could not compress the payload.");
        }

        destination.Advance((int)length);
    }
}
