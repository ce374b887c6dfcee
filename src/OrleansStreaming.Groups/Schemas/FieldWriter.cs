using System.Buffers;
using System.Buffers.Binary;
using System.Text;

namespace OrleansStreaming.Groups.Schemas;

/// <summary>
/// Writes the fields of keys and values of the offsets topic: big-endian, lengths before strings and bytes, in the plain encoding or
/// the flexible one (compact lengths, tagged fields).
/// </summary>
internal sealed class FieldWriter
{
    private readonly ArrayBufferWriter<byte> _bytes = new(128);

    public bool IsFlexible { get; init; }

    public byte[] ToArray() => _bytes.WrittenSpan.ToArray();

    public FieldWriter Int8(sbyte value)
    {
        _bytes.GetSpan(1)[0] = (byte)value;
        _bytes.Advance(1);
        return this;
    }

    public FieldWriter Int16(short value)
    {
        BinaryPrimitives.WriteInt16BigEndian(_bytes.GetSpan(2), value);
        _bytes.Advance(2);
        return this;
    }

    public FieldWriter Int32(int value)
    {
        BinaryPrimitives.WriteInt32BigEndian(_bytes.GetSpan(4), value);
        _bytes.Advance(4);
        return this;
    }

    public FieldWriter Int64(long value)
    {
        BinaryPrimitives.WriteInt64BigEndian(_bytes.GetSpan(8), value);
        _bytes.Advance(8);
        return this;
    }

    /// <exception cref="OverflowException">The text is longer than 32,767 bytes in UTF-8.</exception>
    public FieldWriter String(string? value)
    {
        if (value is null)
        {
            return IsFlexible ? Varint(0) : Int16(-1);
        }

        var length = checked((short)Encoding.UTF8.GetByteCount(value));
        if (IsFlexible)
        {
            Varint((uint)length + 1);
        }
        else
        {
            Int16(length);
        }

        Encoding.UTF8.GetBytes(value, _bytes.GetSpan(length));
        _bytes.Advance(length);
        return this;
    }

    public FieldWriter Bytes(byte[] value)
    {
        Count(value.Length);
        _bytes.Write(value);
        return this;
    }

    public FieldWriter Uuid(Guid value)
    {
        value.TryWriteBytes(_bytes.GetSpan(16), bigEndian: true, out _);
        _bytes.Advance(16);
        return this;
    }

    /// <summary>The length of an array or of bytes.</summary>
    public FieldWriter Count(int count) => IsFlexible ? Varint((uint)count + 1) : Int32(count);

    /// <summary>Ends a flexible structure that has no tagged fields.</summary>
    public FieldWriter NoTags() => Varint(0);

    public FieldWriter Varint(uint value)
    {
        for (; value >= 0x80; value >>= 7)
        {
            Int8(unchecked((sbyte)(value | 0x80)));
        }

        return Int8((sbyte)value);
    }
}
