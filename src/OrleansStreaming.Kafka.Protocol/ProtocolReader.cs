using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Text;
using OrleansStreaming.Records.Sources;

namespace OrleansStreaming.Kafka.Protocol;

/// <summary>
/// Reads the protocol's primitives from one frame. Strings and byte fields are copied out; record batches are not: they stay
/// slices of the frame, which must therefore outlive them.
/// </summary>
/// <remarks>Every malformed length, count or missing byte is a <see cref="ProtocolReadException"/>, never another error.</remarks>
public ref partial struct ProtocolReader
{
    private SequenceReader<byte> _bytes;

    public ProtocolReader(ReadOnlySequence<byte> frame) => _bytes = new SequenceReader<byte>(frame);

    public ProtocolReader(ReadOnlyMemory<byte> frame) : this(new ReadOnlySequence<byte>(frame))
    {
    }

    /// <summary>Bytes not yet read.</summary>
    public readonly long Remaining => _bytes.Remaining;

    /// <summary>Bytes read so far.</summary>
    public readonly long Consumed => _bytes.Consumed;

    public bool ReadBoolean() => ReadByte() != 0;

    public sbyte ReadInt8() => (sbyte)ReadByte();

    public short ReadInt16()
    {
        if (!_bytes.TryReadBigEndian(out short value))
        {
            ThrowTooShort();
        }

        return value;
    }

    public ushort ReadUInt16() => (ushort)ReadInt16();

    public int ReadInt32()
    {
        if (!_bytes.TryReadBigEndian(out int value))
        {
            ThrowTooShort();
        }

        return value;
    }

    public long ReadInt64()
    {
        if (!_bytes.TryReadBigEndian(out long value))
        {
            ThrowTooShort();
        }

        return value;
    }

    public double ReadFloat64() => BitConverter.Int64BitsToDouble(ReadInt64());

    /// <summary>Sixteen bytes, most significant first.</summary>
    public Guid ReadUuid()
    {
        Span<byte> bytes = stackalloc byte[16];
        if (!_bytes.TryCopyTo(bytes))
        {
            ThrowTooShort();
        }

        _bytes.Advance(16);
        return new Guid(bytes, bigEndian: true);
    }

    /// <summary>A base-128 number of at most 32 bits in at most five bytes, lowest group first.</summary>
    public uint ReadUnsignedVarint()
    {
        uint value = 0;
        for (int shift = 0; ; shift += 7)
        {
            byte next = ReadByte();
            if (shift == 28 && next > 0x0f)
            {
                Throw("A varint has more than 32 bits.");
            }

            value |= (uint)(next & 0x7f) << shift;
            if ((next & 0x80) == 0)
            {
                return value;
            }
        }
    }

    public string ReadString(bool compact) => ReadNullableString(compact) ?? ThrowNull<string>();

    public string? ReadNullableString(bool compact)
    {
        int length = compact ? ReadCompactLength() : ReadInt16();
        if (length < 0)
        {
            return ReadNull<string>(length);
        }

        if (length > ProtocolLimits.MaxStringBytes)
        {
            Throw("A string is longer than 32,767 bytes.");
        }

        EnsureRemaining(length);
        ReadOnlySpan<byte> here = _bytes.UnreadSpan;
        string text = here.Length >= length
            ? Encoding.UTF8.GetString(here[..length])
            : Encoding.UTF8.GetString(_bytes.UnreadSequence.Slice(0, length));
        _bytes.Advance(length);
        return text;
    }

    /// <summary>A copy: such fields outlive the frame (group metadata, SASL tokens).</summary>
    public ReadOnlyMemory<byte> ReadBytes(bool compact) => ReadNullableBytes(compact) ?? ThrowNull<byte[]>();

    /// <inheritdoc cref="ReadBytes"/>
    public ReadOnlyMemory<byte>? ReadNullableBytes(bool compact)
    {
        int length = ReadBlobLength(compact);
        if (length < 0)
        {
            return null;
        }

        var copy = new byte[length];
        _bytes.TryCopyTo(copy);
        _bytes.Advance(length);
        return copy;
    }

    /// <summary>A slice of the frame, not a copy.</summary>
    public RecordSource? ReadNullableRecords(bool compact)
    {
        int length = ReadBlobLength(compact);
        if (length < 0)
        {
            return null;
        }

        ReadOnlySequence<byte> slice = _bytes.UnreadSequence.Slice(0, length);
        _bytes.Advance(length);
        return new MemoryRecords(slice);
    }

    private byte ReadByte()
    {
        if (!_bytes.TryRead(out byte value))
        {
            ThrowTooShort();
        }

        return value;
    }

    private int ReadBlobLength(bool compact)
    {
        int length = compact ? ReadCompactLength() : ReadInt32();
        if (length < 0)
        {
            ReadNull<byte[]>(length);
            return -1;
        }

        EnsureRemaining(length);
        return length;
    }

    /// <summary>Length + 1 as a varint; 0, read as -1, is null.</summary>
    private int ReadCompactLength()
    {
        uint value = ReadUnsignedVarint();
        if (value > int.MaxValue)
        {
            Throw("A length has more than 31 bits.");
        }

        return (int)value - 1;
    }

    private readonly void EnsureRemaining(int length)
    {
        if (length > _bytes.Remaining)
        {
            ThrowTooShort();
        }
    }

    /// <summary>Only -1 means null; other negative lengths are garbage.</summary>
    private static T? ReadNull<T>(int length) where T : class
    {
        if (length != -1)
        {
            Throw("A length is negative.");
        }

        return null;
    }

    [DoesNotReturn]
    private static T ThrowNull<T>() => throw new ProtocolReadException("A field that must have a value is null.");

    [DoesNotReturn]
    private static void ThrowTooShort() => throw new ProtocolReadException("The frame ends inside a field.");

    [DoesNotReturn]
    private static void Throw(string message) => throw new ProtocolReadException(message);
}
