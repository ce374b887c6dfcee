using System.Buffers;
using OrleansStreaming.Records.Compression.Native;

namespace OrleansStreaming.Records.Compression;

/// <summary>Zstandard frames, one or more, by libzstd's streaming decoder.</summary>
internal sealed unsafe class ZstdDecompressor : Decompressor
{
    internal static readonly BoundedPool<ZstdDecompressor> Pool = new(static () => new(), static item => item._context.Dispose());

    private const int WindowBytes = 64 * 1024;

    // The decoder keeps the frame's window (2 MiB at the usual levels, up to 128 MiB); one that has grown large is not worth keeping.
    private const int MaxKeptBytes = 8 * 1024 * 1024;

    private readonly byte[] _window = new byte[WindowBytes];
    private readonly NativeContext _context = new(ZstdApi.Functions.CreateDecompression(), ZstdApi.Functions.FreeDecompression);
    private CompressedInput _input;
    private bool _insideFrame;

    private protected override void Start(in ReadOnlySequence<byte> compressed)
    {
        ZstdApi.Functions.ResetDecompression(_context.Pointer, ZstdApi.ResetSession);
        _input = new CompressedInput(compressed);

        // Nothing at all is not a frame.
        _insideFrame = true;
    }

    private protected override DecompressionFault Step(long maxBytes, out ReadOnlySpan<byte> chunk)
    {
        chunk = default;
        while (true)
        {
            ReadOnlySpan<byte> input = _input.Current;
            if (input.IsEmpty && !_insideFrame)
            {
                return DecompressionFault.None;
            }

            nuint hint;
            nuint consumed;
            nuint produced;
            fixed (byte* source = input)
            fixed (byte* destination = _window)
            {
                ZstdBuffer from = new() { Start = source, Size = (nuint)input.Length };
                ZstdBuffer to = new() { Start = destination, Size = WindowBytes };
                hint = ZstdApi.Functions.DecompressStream(_context.Pointer, &to, &from);
                consumed = from.Position;
                produced = to.Position;
            }

            if (ZstdApi.Functions.IsError(hint) != 0)
            {
                return DecompressionFault.Malformed;
            }

            _insideFrame = hint != 0;
            _input.Advance((int)consumed);
            if (produced > 0)
            {
                chunk = _window.AsSpan(0, (int)produced);
                return DecompressionFault.None;
            }

            if (input.IsEmpty && _insideFrame)
            {
                return DecompressionFault.Malformed;
            }
        }
    }

    private protected override void Recycle()
    {
        _input = default;
        if (ZstdApi.Functions.SizeOfDecompression(_context.Pointer) > MaxKeptBytes)
        {
            _context.Dispose();
        }
        else
        {
            Pool.Return(this);
        }
    }
}
