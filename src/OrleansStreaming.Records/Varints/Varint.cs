using System.Runtime.CompilerServices;

namespace OrleansStreaming.Records.Varints;

/// <summary>
/// Unsigned variable-length integers: seven bits a byte, lowest first, high bit set on all but the last (protobuf's base 128).
/// Malformed or cut input is answered with false, never thrown. Longer encodings of a small number are accepted, as Kafka does.
/// </summary>
public static class Varint
{
    /// <summary>Bytes of the longest 32-bit varint.</summary>
    public const int MaxLength32 = 5;

    /// <summary>Bytes of the longest 64-bit varint.</summary>
    public const int MaxLength64 = 10;

    /// <summary>Reads from the start of <paramref name="source"/>; <paramref name="length"/> is how many bytes it took.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool TryRead(ReadOnlySpan<byte> source, out uint value, out int length)
    {
        if (source.Length > 0 && source[0] < 0x80)
        {
            value = source[0];
            length = 1;
            return true;
        }

        return TryReadLong(source, out value, out length);
    }

    /// <inheritdoc cref="TryRead(ReadOnlySpan{byte}, out uint, out int)"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool TryRead(ReadOnlySpan<byte> source, out ulong value, out int length)
    {
        if (source.Length > 0 && source[0] < 0x80)
        {
            value = source[0];
            length = 1;
            return true;
        }

        return TryReadLong(source, out value, out length);
    }

    /// <summary>Bytes that the value takes, 1 to 5.</summary>
    public static int LengthOf(uint value) => ((31 - System.Numerics.BitOperations.LeadingZeroCount(value | 1)) / 7) + 1;

    /// <summary>Bytes that the value takes, 1 to 10.</summary>
    public static int LengthOf(ulong value) => ((63 - System.Numerics.BitOperations.LeadingZeroCount(value | 1)) / 7) + 1;

    /// <summary>Writes the value and answers how many bytes it took; the destination must have room for them.</summary>
    public static int Write(Span<byte> destination, uint value) => Write(destination, (ulong)value);

    /// <inheritdoc cref="Write(Span{byte}, uint)"/>
    public static int Write(Span<byte> destination, ulong value)
    {
        int length = 0;
        while (value >= 0x80)
        {
            destination[length++] = (byte)(value | 0x80);
            value >>= 7;
        }

        destination[length++] = (byte)value;
        return length;
    }

    private static bool TryReadLong(ReadOnlySpan<byte> source, out uint value, out int length)
    {
        uint result = 0;
        int limit = Math.Min(source.Length, MaxLength32);
        for (int i = 0; i < limit; i++)
        {
            uint next = source[i];
            result |= (next & 0x7F) << (7 * i);
            if (next < 0x80)
            {
                value = result;
                length = i + 1;
                return true;
            }
        }

        value = 0;
        length = 0;
        return false;
    }

    private static bool TryReadLong(ReadOnlySpan<byte> source, out ulong value, out int length)
    {
        ulong result = 0;
        int limit = Math.Min(source.Length, MaxLength64);
        for (int i = 0; i < limit; i++)
        {
            ulong next = source[i];
            result |= (next & 0x7F) << (7 * i);
            if (next < 0x80)
            {
                value = result;
                length = i + 1;
                return true;
            }
        }

        value = 0;
        length = 0;
        return false;
    }
}
