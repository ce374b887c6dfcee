using System.Buffers;
using System.Buffers.Binary;
using System.IO.Compression;

namespace OrleansStreaming.Records.Compression;

/// <summary>One gzip member (RFC 1952) by the runtime's own decoder, which cannot be reused and so is made anew each time.</summary>
internal sealed class GzipDecompressor : Decompressor
{
    private const int WindowBytes = 64 * 1024;

    // Ten bytes of header and eight of trailer.
    private const int OverheadBytes = 18;
    private const int LengthBytes = 4;

    private byte[] _window = [];
    private GZipStream? _stream;
    private uint _claimedLength;
    private uint _length;
    private bool _cutShort;

    private protected override void Start(in ReadOnlySequence<byte> compressed)
    {
        _cutShort = compressed.Length <= OverheadBytes;
        if (_cutShort)
        {
            return;
        }

        Span<byte> claimedLength = stackalloc byte[LengthBytes];
        compressed.Slice(compressed.Length - LengthBytes).CopyTo(claimedLength);
        _claimedLength = BinaryPrimitives.ReadUInt32LittleEndian(claimedLength);
        _window = ArrayPool<byte>.Shared.Rent(WindowBytes);
        _stream = new GZipStream(new SequenceStream(compressed), CompressionMode.Decompress);
    }

    private protected override DecompressionFault Step(long maxBytes, out ReadOnlySpan<byte> chunk)
    {
        chunk = default;
        if (_cutShort)
        {
            return DecompressionFault.Malformed;
        }

        try
        {
            chunk = _window.AsSpan(0, _stream!.Read(_window));
        }
        catch (InvalidDataException)
        {
            return DecompressionFault.Malformed;
        }

        // The runtime checks the trailer when there is one but takes a cut stream for a finished one. The payload's length
        // modulo 2^32 must stand in the last four bytes.
        _length = unchecked(_length + (uint)chunk.Length);
        return chunk.IsEmpty && _length != _claimedLength ? DecompressionFault.Malformed : DecompressionFault.None;
    }

    private protected override void Recycle()
    {
        _stream?.Dispose();
        _stream = null;
        if (_window.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(_window);
            _window = [];
        }
    }
}
