using System.Buffers;
using OrleansStreaming.Records.Compression.Native;

namespace OrleansStreaming.Records.Compression;

/// <summary>LZ4 frames, one or more, by liblz4's streaming decoder.</summary>
internal sealed unsafe class Lz4Decompressor : Decompressor
{
    internal static readonly BoundedPool<Lz4Decompressor> Pool = new(static () => new(), static item => item._context.Dispose());

    private const int WindowBytes = 64 * 1024;

    // Bytes of the frame's magic number, before its flag byte.
    private const int MagicBytes = 4;
    private const byte IndependentBlocks = 0x20;

    private readonly byte[] _window = new byte[WindowBytes];
    private readonly NativeContext _context = new(Create(), Lz4Api.Functions.FreeDecompression);
    private CompressedInput _input;
    private bool _insideFrame;
    private bool _refused;

    private protected override void Start(in ReadOnlySequence<byte> compressed)
    {
        Lz4Api.Functions.ResetDecompression(_context.Pointer);
        _input = new CompressedInput(compressed);

        // Nothing at all is not a frame.
        _insideFrame = true;

        // Kafka's Java clients and brokers cannot read blocks that refer to one another; who lets such a frame in stops them.
        Span<byte> head = stackalloc byte[MagicBytes + 1];
        _refused = !_input.TryPeek(head) || (head[MagicBytes] & IndependentBlocks) == 0;
    }

    private protected override DecompressionFault Step(long maxBytes, out ReadOnlySpan<byte> chunk)
    {
        chunk = default;
        if (_refused)
        {
            return DecompressionFault.Malformed;
        }

        while (true)
        {
            ReadOnlySpan<byte> input = _input.Current;
            if (input.IsEmpty && !_insideFrame)
            {
                return DecompressionFault.None;
            }

            nuint consumed = (nuint)input.Length;
            nuint produced = WindowBytes;
            nuint hint;
            fixed (byte* source = input)
            fixed (byte* destination = _window)
            {
                hint = Lz4Api.Functions.Decompress(_context.Pointer, destination, &produced, source, &consumed, null);
            }

            if (Lz4Api.Functions.IsError(hint) != 0)
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

            if (consumed == 0 && _insideFrame)
            {
                return DecompressionFault.Malformed;
            }
        }
    }

    private protected override void Recycle()
    {
        _input = default;
        Pool.Return(this);
    }

    private static nint Create()
    {
        nint context = 0;
        nuint result = Lz4Api.Functions.CreateDecompression(&context, Lz4Api.Version);
        return Lz4Api.Functions.IsError(result) == 0 ? context : 0;
    }
}
