using System.Runtime.CompilerServices;

namespace OrleansStreaming.Records.Varints;

/// <summary>
/// Signed variable-length integers, as record fields use them: zigzag (0, -1, 1, -2, … become 0, 1, 2, 3, …) over
/// <see cref="Varint"/>. Malformed or cut input is answered with false.
/// </summary>
public static class Zigzag
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static uint Encode(int value) => (uint)((value << 1) ^ (value >> 31));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Encode(long value) => (ulong)((value << 1) ^ (value >> 63));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int Decode(uint value) => (int)(value >> 1) ^ -(int)(value & 1);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static long Decode(ulong value) => (long)(value >> 1) ^ -(long)(value & 1);

    /// <summary>Reads from the start of <paramref name="source"/>; <paramref name="length"/> is how many bytes it took.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool TryRead(ReadOnlySpan<byte> source, out int value, out int length)
    {
        bool read = Varint.TryRead(source, out uint encoded, out length);
        value = Decode(encoded);
        return read;
    }

    /// <inheritdoc cref="TryRead(ReadOnlySpan{byte}, out int, out int)"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool TryRead(ReadOnlySpan<byte> source, out long value, out int length)
    {
        bool read = Varint.TryRead(source, out ulong encoded, out length);
        value = Decode(encoded);
        return read;
    }

    /// <summary>Bytes that the value takes, 1 to 5.</summary>
    public static int LengthOf(int value) => Varint.LengthOf(Encode(value));

    /// <summary>Bytes that the value takes, 1 to 10.</summary>
    public static int LengthOf(long value) => Varint.LengthOf(Encode(value));

    /// <summary>Writes the value and answers how many bytes it took; the destination must have room for them.</summary>
    public static int Write(Span<byte> destination, int value) => Varint.Write(destination, Encode(value));

    /// <inheritdoc cref="Write(Span{byte}, int)"/>
    public static int Write(Span<byte> destination, long value) => Varint.Write(destination, Encode(value));
}
