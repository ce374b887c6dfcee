using System.Buffers;
using System.Buffers.Binary;
using OrleansStreaming.Records.Compression.Native;

namespace OrleansStreaming.Records.Compression;

/// <summary>Snappy in the Java library's framing, which every Kafka client reads.</summary>
internal static unsafe class SnappyCompressor
{
    internal static void Compress(ReadOnlySpan<byte> source, IBufferWriter<byte> destination)
    {
        int bound = (int)SnappyApi.Functions.MaxCompressedLength(SnappyFraming.BlockBytes);
        destination.Write(SnappyFraming.Header);
        while (!source.IsEmpty)
        {
            ReadOnlySpan<byte> block = source[..Math.Min(source.Length, SnappyFraming.BlockBytes)];
            Span<byte> output = destination.GetSpan(SnappyFraming.LengthBytes + bound);
            nuint length = (nuint)(output.Length - SnappyFraming.LengthBytes);
            int result;
            fixed (byte* from = block)
            fixed (byte* to = output[SnappyFraming.LengthBytes..])
            {
                result = SnappyApi.Functions.Compress(from, (nuint)block.Length, to, &length);
            }

            if (result != 0)
            {
                throw new InvalidOperationException($"libsnappy could not compress a block (status {result}).");
            }

            BinaryPrimitives.WriteInt32BigEndian(output, (int)length);
            destination.Advance(SnappyFraming.LengthBytes + (int)length);
            source = source[block.Length..];
        }
    }
}
