using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;
using Orleans.Serialization;

namespace Orleans.Embedded.Serialization;

/// <summary>
/// Reads one message: its head, and attachments that each have an array of their own, which the value read then owns: nothing else
/// ever refers to it. Whatever the bytes are, the worst that happens is a <see cref="SerializerException"/>. Used by one thread at
/// a time; used again after <see cref="Reset()"/>.
/// </summary>
internal sealed partial class WireReader
{
    private byte[] _buffer = [];
    private ArraySegment<byte>[] _attachments = [];
    private int _start;
    private int _position;
    private int _end;
    private int _depth;

    public WireReader()
    {
    }

    /// <inheritdoc cref="Reset(ReadOnlyMemory{byte}, ArraySegment{byte}[])"/>
    public WireReader(ReadOnlyMemory<byte> head, ArraySegment<byte>[] attachments) => Reset(head, attachments);

    /// <summary>Bytes of the head that are not read yet.</summary>
    public int Remaining => _end - _position;

    /// <summary>Starts a message.</summary>
    /// <param name="head">Must not change while it is read; nothing read refers to it afterwards.</param>
    /// <param name="attachments">The reader's own; their arrays are handed over to the values that are read.</param>
    public void Reset(ReadOnlyMemory<byte> head, ArraySegment<byte>[] attachments)
    {
        var bytes = MemoryMarshal.TryGetArray(head, out var segment) ? segment : new ArraySegment<byte>(head.ToArray());
        _buffer = bytes.Array ?? [];
        _start = bytes.Offset;
        _position = bytes.Offset;
        _end = bytes.Offset + bytes.Count;
        _depth = 0;
        _attachments = attachments;
        ForgetReferences(bytes.Count);
    }

    /// <summary>Lets go of the message.</summary>
    public void Reset() => Reset(default, []);

    public byte ReadByte()
    {
        Require(1);
        return _buffer[_position++];
    }

    /// <exception cref="SerializerException">The bytes end, or are no number of 64 bits.</exception>
    public ulong ReadVarUInt()
    {
        if (_position < _end && _buffer[_position] < 0x80)
        {
            return _buffer[_position++];
        }

        var result = 0UL;
        for (var shift = 0; shift < 70; shift += 7)
        {
            var next = ReadByte();
            result |= (ulong)(next & 0x7f) << shift;
            if (next < 0x80)
            {
                return shift == 63 && next > 1 ? throw Malformed("a number of more than 64 bits") : result;
            }
        }

        throw Malformed("a number of more than 64 bits");
    }

    public long ReadVarInt()
    {
        var zigzag = ReadVarUInt();
        return (long)(zigzag >> 1) ^ -(long)(zigzag & 1);
    }

    public T ReadFixed<T>()
        where T : unmanaged
    {
        var size = Unsafe.SizeOf<T>();
        Require(size);
        var value = Unsafe.ReadUnaligned<T>(ref _buffer[_position]);
        _position += size;
        return value;
    }

    /// <summary>The next bytes of the head; valid until the head is gone.</summary>
    public ReadOnlySpan<byte> ReadRaw(int count)
    {
        Require(count);
        var bytes = _buffer.AsSpan(_position, count);
        _position += count;
        return bytes;
    }

    public string? ReadString()
    {
        var (kind, number) = ReadBlobHeader();
        return kind switch
        {
            BlobKind.Inline => number == 0 ? "" : Encoding.UTF8.GetString(ReadRaw(number)),
            BlobKind.Null => null,
            _ => throw Malformed("a text that is no text"),
        };
    }

    /// <summary>A blob that is in the head, as <see cref="WireWriter.WriteInlineBlob"/> writes it.</summary>
    public ReadOnlySpan<byte> ReadInlineBlob()
    {
        var (kind, length) = ReadBlobHeader();
        return kind == BlobKind.Inline ? ReadRaw(length) : throw Malformed("a blob outside of the head");
    }

    /// <summary>The blob's bytes, which the caller owns. Not for blobs that may be null or references.</summary>
    public ReadOnlyMemory<byte> ReadBlob()
    {
        var (kind, number) = ReadBlobHeader();
        return SegmentOf(kind, number);
    }

    /// <summary>An array of nothing but the blob's bytes that the caller owns, when the header was read already.</summary>
    public byte[] BlobOf(BlobKind kind, int number)
    {
        var segment = SegmentOf(kind, number);
        return segment.Count == segment.Array!.Length ? segment.Array : segment.ToArray();
    }

    public (BlobKind Kind, int Number) ReadBlobHeader()
    {
        var header = ReadVarUInt();
        return ((BlobKind)(header & 3), Number(header >> 2));
    }

    public (NodeKind Kind, int Number) ReadNodeHeader()
    {
        var header = ReadVarUInt();
        return ((NodeKind)(header & 7), Number(header >> 3));
    }

    /// <summary>The kind of the node that comes next.</summary>
    public NodeKind PeekNodeKind()
    {
        Require(1);
        return (NodeKind)(_buffer[_position] & 7);
    }

    /// <summary>Steps over a node that is null, if the next one is.</summary>
    public bool TryReadNull()
    {
        Require(1);
        if (_buffer[_position] != (byte)NodeKind.Null)
        {
            return false;
        }

        _position++;
        return true;
    }

    public (uint Id, WireShape Shape) ReadMemberHeader()
    {
        var header = ReadVarUInt();
        return header >> 3 <= uint.MaxValue
            ? ((uint)(header >> 3), (WireShape)(header & 7))
            : throw Malformed("a member number of more than 32 bits");
    }

    /// <exception cref="SerializerException">The shape is another one.</exception>
    public void Expect(WireShape expected, WireShape actual)
    {
        if (expected != actual)
        {
            throw Malformed($"{actual} where {expected} belongs");
        }
    }

    /// <summary>Checks that a collection may have so many elements: each takes at least so many bytes.</summary>
    public void RequireElements(int count, int bytesEach)
    {
        if ((long)count * bytesEach > Remaining)
        {
            throw Malformed($"{count} elements in {Remaining} bytes");
        }
    }

    /// <summary>One level deeper; <see cref="Leave"/> leads back.</summary>
    public void Enter()
    {
        if (++_depth > WireLimits.Depth)
        {
            throw Malformed($"objects within objects more than {WireLimits.Depth} levels deep");
        }
    }

    public void Leave() => _depth--;

    public SerializerException Malformed(string what) => new($"Byte {_position - _start} of a message: {what}.");

    private ArraySegment<byte> SegmentOf(BlobKind kind, int number)
    {
        if (kind == BlobKind.Inline)
        {
            return ReadRaw(number).ToArray();
        }

        if (kind != BlobKind.Attachment || number >= _attachments.Length || _attachments[number].Array is null)
        {
            throw Malformed("a blob that is nowhere");
        }

        var segment = _attachments[number];
        _attachments[number] = default;
        return segment;
    }

    private int Number(ulong value) => value <= int.MaxValue ? (int)value : throw Malformed("a length beyond all bounds");

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Require(int count)
    {
        if (_end - _position < count)
        {
            ThrowTruncated(count);
        }
    }

    [DoesNotReturn]
    private void ThrowTruncated(int count) => throw Malformed($"{Remaining} bytes are left where {count} belong");
}
