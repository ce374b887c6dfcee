using System.Buffers;
using OrleansStreaming.Records.Compression.Native;

namespace OrleansStreaming.Records.Compression;

/// <summary>One Zstandard frame. The contexts are pooled: making one costs more than compressing a small batch.</summary>
internal static unsafe class ZstdCompressor
{
    private static readonly BoundedPool<NativeContext> Contexts = new(
        static () => new NativeContext(ZstdApi.Functions.CreateCompression(), ZstdApi.Functions.FreeCompression),
        static context => context.Dispose());

    /// <param name="level">1 to 22, negative for faster; 0 is the library's default, 3.</param>
    internal static void Compress(ReadOnlySpan<byte> source, IBufferWriter<byte> destination, int level)
    {
        nuint bound = ZstdApi.Functions.CompressBound((nuint)source.Length);
        Span<byte> output = destination.GetSpan((int)bound);
        NativeContext context = Contexts.Rent();
        nuint length;
        fixed (byte* from = source)
        fixed (byte* to = output)
        {
            length = ZstdApi.Functions.Compress(context.Pointer, to, (nuint)output.Length, from, (nuint)source.Length, level);
        }

        Contexts.Return(context);
        if (ZstdApi.Functions.IsError(length) != 0)
        {
            throw new InvalidOperationException("libzstd could not compress the payload.");
        }

        destination.Advance((int)length);
    }
}
