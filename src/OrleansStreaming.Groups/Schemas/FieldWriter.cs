using System.Buffers;
using System.Buffers.Binary;
using System.Text;

namespace OrleansStreaming.Groups.Schemas;

/// <summary>Writes the fields of keys and values of the offsets topic: big-endian, lengths before strings and bytes.</summary>
internal sealed class FieldWriter
{
    private readonly ArrayBufferWriter<byte> _bytes = new(128);

    public byte[] ToArray() => _bytes.WrittenSpan.ToArray();

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
            return Int16(-1);
        }

        var length = Encoding.UTF8.GetByteCount(value);
        Int16(checked((short)length));
        Encoding.UTF8.GetBytes(value, _bytes.GetSpan(length));
        _bytes.Advance(length);
        return this;
    }

    public FieldWriter Bytes(byte[] value)
    {
        Int32(value.Length);
        _bytes.Write(value);
        return this;
    }
}
