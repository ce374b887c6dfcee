using System.Buffers.Binary;
using System.Text;

namespace OrleansStreaming.Groups.Schemas;

/// <summary>
/// Reads the fields of keys and values of the offsets topic, in the plain encoding or the flexible one (compact lengths, tagged
/// fields). Bytes that do not parse never throw: fields read as empty from then on, and <see cref="IsMalformed"/> tells.
/// </summary>
internal ref struct FieldReader(ReadOnlySpan<byte> bytes)
{
    private ReadOnlySpan<byte> _rest = bytes;

    /// <summary>A reader of bytes that do not parse.</summary>
    public static FieldReader Malformed => new() { IsMalformed = true };

    public bool IsMalformed { get; private set; }

    public bool IsFlexible { get; set; }

    public readonly int Remaining => _rest.Length;

    public sbyte Int8() => Take(1) is { IsEmpty: false } field ? (sbyte)field[0] : (sbyte)0;

    public short Int16() => Take(2) is { IsEmpty: false } field ? BinaryPrimitives.ReadInt16BigEndian(field) : (short)0;

    public int Int32() => Take(4) is { IsEmpty: false } field ? BinaryPrimitives.ReadInt32BigEndian(field) : 0;

    public long Int64() => Take(8) is { IsEmpty: false } field ? BinaryPrimitives.ReadInt64BigEndian(field) : 0;

    public string? String()
    {
        var length = IsFlexible ? (int)Varint() - 1 : Int16();
        return length < 0 ? null : Encoding.UTF8.GetString(Take(length));
    }

    public Guid Uuid() => Take(16) is { IsEmpty: false } field ? new Guid(field, bigEndian: true) : default;

    public byte[] Bytes() => Take(Math.Max(Count(), 0)).ToArray();

    public ReadOnlySpan<byte> Raw(int length) => Take(length);

    /// <summary>The length of an array or of bytes; -1 for null.</summary>
    public int Count() => IsFlexible ? (int)Varint() - 1 : Int32();

    /// <summary>Passes over the tagged fields that end a flexible structure.</summary>
    public void SkipTags()
    {
        if (!IsFlexible)
        {
            return;
        }

        for (var left = Varint(); left > 0 && !IsMalformed; left--)
        {
            Varint();
            Take((int)Math.Min(Varint(), int.MaxValue));
        }
    }

    public uint Varint()
    {
        var value = 0u;
        for (var shift = 0; shift < 35; shift += 7)
        {
            if (Take(1) is not { IsEmpty: false } next)
            {
                return 0;
            }

            value |= (uint)(next[0] & 0x7f) << shift;
            if (next[0] < 0x80)
            {
                return value;
            }
        }

        IsMalformed = true;
        return 0;
    }

    private ReadOnlySpan<byte> Take(int length)
    {
        if (IsMalformed || (uint)length > (uint)_rest.Length)
        {
            IsMalformed = true;
            return default;
        }

        var taken = _rest[..length];
        _rest = _rest[length..];
        return taken;
    }
}
