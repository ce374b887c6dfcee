using System.Runtime.CompilerServices;
using OrleansStreaming.Records.Varints;

namespace OrleansStreaming.Records.Batches;

/// <summary>The cursor over a record that lies in one piece.</summary>
internal ref struct SpanCursor(ReadOnlySpan<byte> bytes) : IByteCursor
{
    private readonly ReadOnlySpan<byte> _bytes = bytes;
    private int _position;

    public readonly int Position => _position;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool TryReadByte(out byte value)
    {
        if ((uint)_position < (uint)_bytes.Length)
        {
            value = _bytes[_position++];
            return true;
        }

        value = 0;
        return false;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool TryReadInt32(out int value)
    {
        bool read = Zigzag.TryRead(_bytes[_position..], out value, out int length);
        _position += length;
        return read;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool TryReadInt64(out long value)
    {
        bool read = Zigzag.TryRead(_bytes[_position..], out value, out int length);
        _position += length;
        return read;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool TrySkip(int count)
    {
        if (count > _bytes.Length - _position)
        {
            return false;
        }

        _position += count;
        return true;
    }
}
