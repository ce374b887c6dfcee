using System.Buffers;
using OrleansStreaming.Records.Compression.Native;

namespace OrleansStreaming.Records.Compression;

/// <summary>
/// Snappy in the Java library's framing (several streams in a row too), or one bare block, as librdkafka and Go clients send.
/// </summary>
internal sealed unsafe class SnappyDecompressor : Decompressor
{
    internal static readonly BoundedPool<SnappyDecompressor> Pool = new(static () => new(), static _ => { });

    private CompressedInput _input;
    private bool _framed;
    private bool _empty;
    private byte[] _block = [];
    private byte[] _gathered = [];

    private protected override void Start(in ReadOnlySequence<byte> compressed)
    {
        _input = new CompressedInput(compressed);
        _empty = compressed.IsEmpty;
        Span<byte> head = stackalloc byte[SnappyFraming.HeaderBytes];
        _framed = _input.TryPeek(head) && SnappyFraming.IsHeader(head);
    }

    private protected override DecompressionFault Step(long maxBytes, out ReadOnlySpan<byte> chunk)
    {
        chunk = default;
        if (_input.Length == 0)
        {
            return _empty ? DecompressionFault.Malformed : DecompressionFault.None;
        }

        int compressed = _framed ? NextBlockLength() : (int)Math.Min(_input.Length, int.MaxValue);
        if (compressed <= 0 || compressed > _input.Length)
        {
            // A stream may end right after a header.
            return compressed == 0 && _input.Length == 0 ? DecompressionFault.None : DecompressionFault.Malformed;
        }

        return Unfold(compressed, maxBytes, out chunk);
    }

    private protected override void Recycle()
    {
        _input = default;
        Release(ref _block);
        Release(ref _gathered);
        Pool.Return(this);
    }

    /// <summary>Passes over headers and one length field; 0 at the end, -1 when cut short.</summary>
    private int NextBlockLength()
    {
        Span<byte> head = stackalloc byte[SnappyFraming.HeaderBytes];
        while (_input.TryPeek(head) && SnappyFraming.IsHeader(head))
        {
            _input.Advance(SnappyFraming.HeaderBytes);
        }

        if (_input.Length == 0)
        {
            return 0;
        }

        Span<byte> length = head[..SnappyFraming.LengthBytes];
        if (!_input.TryPeek(length))
        {
            return -1;
        }

        _input.Advance(SnappyFraming.LengthBytes);
        int read = SnappyFraming.ReadLength(length);
        return read > 0 ? read : -1;
    }

    private DecompressionFault Unfold(int compressed, long maxBytes, out ReadOnlySpan<byte> chunk)
    {
        chunk = default;
        ReadOnlySpan<byte> block = _input.Current;
        if (block.Length < compressed)
        {
            Ensure(ref _gathered, compressed);
            _input.TryPeek(_gathered.AsSpan(0, compressed));
            block = _gathered;
        }

        fixed (byte* source = block)
        {
            nuint length;
            if (SnappyApi.Functions.UncompressedLength(source, (nuint)compressed, &length) != 0
                || !SnappyFraming.IsPlausible(length, compressed))
            {
                return DecompressionFault.Malformed;
            }

            if ((long)length > maxBytes || length > (nuint)Array.MaxLength)
            {
                return DecompressionFault.TooLarge;
            }

            Ensure(ref _block, Math.Max((int)length, 1));
            fixed (byte* destination = _block)
            {
                if (SnappyApi.Functions.Uncompress(source, (nuint)compressed, destination, &length) != 0)
                {
                    return DecompressionFault.Malformed;
                }
            }

            chunk = _block.AsSpan(0, (int)length);
        }

        _input.Advance(compressed);
        return chunk.IsEmpty && _input.Length > 0 ? DecompressionFault.Malformed : DecompressionFault.None;
    }

    private static void Ensure(ref byte[] buffer, int length)
    {
        if (buffer.Length < length)
        {
            Release(ref buffer);
            buffer = ArrayPool<byte>.Shared.Rent(length);
        }
    }

    private static void Release(ref byte[] buffer)
    {
        if (buffer.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(buffer);
            buffer = [];
        }
    }
}
