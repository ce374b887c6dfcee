using System.Buffers;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;
using Orleans.Serialization;

namespace Orleans.Embedded.Serialization;

/// <summary>
/// The bytes of one message: a head in a pooled buffer, and payloads of <see cref="WireLimits.AttachmentThreshold"/> bytes and more
/// as attachments beside it, by reference: nobody may change those until the message is sent and the writer reset. Used by one
/// thread at a time; used again after <see cref="Reset"/>.
/// </summary>
internal sealed partial class WireWriter : IDisposable
{
    private const int FirstSize = 512;

    private readonly List<ReadOnlyMemory<byte>> _attachments = [];
    private byte[] _buffer = [];
    private int _length;
    private int _depth;

    /// <summary>What was written so far; valid until the next write or reset.</summary>
    public ReadOnlyMemory<byte> Head => _buffer.AsMemory(0, _length);

    /// <summary>Bytes of the head.</summary>
    public int Length => _length;

    /// <summary>In the order of their indexes in the head.</summary>
    public IReadOnlyList<ReadOnlyMemory<byte>> Attachments => _attachments;

    /// <summary>Forgets the message and keeps the buffer if it is of ordinary size.</summary>
    public void Reset()
    {
        _length = 0;
        _depth = 0;
        _attachments.Clear();
        ForgetReferences();
        if (_buffer.Length > WireLimits.LargestKept)
        {
            ReturnBuffer();
        }
    }

    /// <summary>Gives the buffer back.</summary>
    public void Dispose()
    {
        Reset();
        ReturnBuffer();
    }

    /// <summary>Leaves room for bytes to be filled in later through <see cref="At"/>. Returns their position.</summary>
    public int Reserve(int count)
    {
        Ensure(count);
        var position = _length;
        _buffer.AsSpan(position, count).Clear();
        _length += count;
        return position;
    }

    /// <summary>Bytes written or reserved before; valid until the next write.</summary>
    public Span<byte> At(int position, int count) => _buffer.AsSpan(0, _length).Slice(position, count);

    public void WriteByte(byte value)
    {
        Ensure(1);
        _buffer[_length++] = value;
    }

    /// <summary>LEB128: 1 to 10 bytes.</summary>
    public void WriteVarUInt(ulong value)
    {
        Ensure(10);
        ref var start = ref MemoryMarshal.GetArrayDataReference(_buffer);
        var at = _length;
        while (value >= 0x80)
        {
            Unsafe.Add(ref start, at++) = (byte)(value | 0x80);
            value >>= 7;
        }

        Unsafe.Add(ref start, at++) = (byte)value;
        _length = at;
    }

    /// <summary>LEB128 of the zigzagged value: 1 to 10 bytes, few for small numbers of either sign.</summary>
    public void WriteVarInt(long value) => WriteVarUInt((ulong)((value << 1) ^ (value >> 63)));

    /// <summary>The value's own bytes, little-endian as all machines are that this runs on.</summary>
    public void WriteFixed<T>(T value)
        where T : unmanaged
    {
        var size = Unsafe.SizeOf<T>();
        Ensure(size);
        Unsafe.WriteUnaligned(ref _buffer[_length], value);
        _length += size;
    }

    /// <summary>Just the bytes, without a length.</summary>
    public void WriteRaw(ReadOnlySpan<byte> bytes)
    {
        Ensure(bytes.Length);
        bytes.CopyTo(_buffer.AsSpan(_length));
        _length += bytes.Length;
    }

    /// <summary>A blob of UTF-8; lone surrogates become replacement characters.</summary>
    public void WriteString(string? value)
    {
        if (value is null)
        {
            WriteBlobHeader(BlobKind.Null, 0);
            return;
        }

        // A char takes at most 3 bytes, so this many surely fit a header of one byte.
        if (value.Length <= 10)
        {
            Ensure(32);
            var written = Encoding.UTF8.GetBytes(value, _buffer.AsSpan(_length + 1));
            _buffer[_length] = (byte)(written << 2);
            _length += written + 1;
            return;
        }

        var count = Encoding.UTF8.GetByteCount(value);
        WriteBlobHeader(BlobKind.Inline, count);
        Ensure(count);
        _length += Encoding.UTF8.GetBytes(value, _buffer.AsSpan(_length));
    }

    /// <summary>A blob in the head, whatever its length.</summary>
    public void WriteInlineBlob(ReadOnlySpan<byte> bytes)
    {
        WriteBlobHeader(BlobKind.Inline, bytes.Length);
        WriteRaw(bytes);
    }

    /// <summary>A blob: in the head when it is small, else as an attachment.</summary>
    public void WriteBlob(ReadOnlyMemory<byte> bytes)
    {
        if (bytes.Length < WireLimits.AttachmentThreshold)
        {
            WriteInlineBlob(bytes.Span);
            return;
        }

        WriteBlobHeader(BlobKind.Attachment, _attachments.Count);
        _attachments.Add(bytes);
    }

    public void WriteBlobHeader(BlobKind kind, int number) => WriteVarUInt(((ulong)number << 2) | (byte)kind);

    public void WriteNodeHeader(NodeKind kind, int number) => WriteVarUInt(((ulong)number << 3) | (byte)kind);

    public void WriteMemberHeader(uint id, WireShape shape) => WriteVarUInt(((ulong)id << 3) | (byte)shape);

    /// <summary>One level deeper; <see cref="Leave"/> leads back.</summary>
    /// <exception cref="SerializerException">Too deep: surely a cycle of values that have no identity.</exception>
    public void Enter()
    {
        if (++_depth > WireLimits.Depth)
        {
            throw new SerializerException($"Objects lie within objects more than {WireLimits.Depth} levels deep.");
        }
    }

    public void Leave() => _depth--;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Ensure(int count)
    {
        if (_buffer.Length - _length < count)
        {
            Grow(count);
        }
    }

    private void Grow(int count)
    {
        var wanted = (uint)Math.Max(FirstSize, checked(_length + count));
        var larger = ArrayPool<byte>.Shared.Rent((int)Math.Min(BitOperations.RoundUpToPowerOf2(wanted), (uint)Array.MaxLength));
        _buffer.AsSpan(0, _length).CopyTo(larger);
        ReturnBuffer();
        _buffer = larger;
    }

    private void ReturnBuffer()
    {
        if (_buffer.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(_buffer);
            _buffer = [];
        }
    }
}
