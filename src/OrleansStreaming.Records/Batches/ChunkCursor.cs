using OrleansStreaming.Records.Varints;

namespace OrleansStreaming.Records.Batches;

/// <summary>
/// The cursor over a record that straddles pieces: it reads numbers byte by byte and passes over keys and values
/// arithmetically, so nothing is copied however large the record.
/// </summary>
internal ref struct ChunkCursor<TSource> : IByteCursor
    where TSource : struct, IChunkSource
{
    private readonly ref TSource _source;
    private ReadOnlySpan<byte> _chunk;
    private int _limit;
    private int _position;

    /// <param name="source">Where the pieces after <paramref name="chunk"/> come from.</param>
    /// <param name="chunk">What is left of the current piece; the record's length field begins there.</param>
    internal ChunkCursor(ref TSource source, ReadOnlySpan<byte> chunk)
    {
        _source = ref source;
        _chunk = chunk;
    }

    /// <summary>What is left of the piece that the cursor stands in.</summary>
    internal readonly ReadOnlySpan<byte> Rest => _chunk;

    public readonly int Position => _position;

    /// <summary>Reads the record's length; from then on the position counts from its body and cannot pass its end.</summary>
    internal bool TryBegin(out int length)
    {
        _limit = Varint.MaxLength32;
        _position = 0;
        if (!TryReadInt32(out length) || length < 0)
        {
            return false;
        }

        _limit = length;
        _position = 0;
        return true;
    }

    public bool TryReadByte(out byte value)
    {
        if (_position == _limit || (_chunk.IsEmpty && !_source.TryNext(out _chunk)))
        {
            value = 0;
            return false;
        }

        value = _chunk[0];
        _chunk = _chunk[1..];
        _position++;
        return true;
    }

    public bool TryReadInt32(out int value)
    {
        Span<byte> encoded = stackalloc byte[Varint.MaxLength32];
        value = 0;
        return TryGather(encoded, out int length) && Zigzag.TryRead(encoded[..length], out value, out _);
    }

    public bool TryReadInt64(out long value)
    {
        Span<byte> encoded = stackalloc byte[Varint.MaxLength64];
        value = 0;
        return TryGather(encoded, out int length) && Zigzag.TryRead(encoded[..length], out value, out _);
    }

    public bool TrySkip(int count)
    {
        if (count > _limit - _position)
        {
            return false;
        }

        _position += count;
        while (count > _chunk.Length)
        {
            count -= _chunk.Length;
            if (!_source.TryNext(out _chunk))
            {
                _chunk = default;
                return false;
            }
        }

        _chunk = _chunk[count..];
        return true;
    }

    private bool TryGather(scoped Span<byte> encoded, out int length)
    {
        for (length = 0; length < encoded.Length; length++)
        {
            if (!TryReadByte(out encoded[length]))
            {
                return false;
            }

            if (encoded[length] < 0x80)
            {
                length++;
                return true;
            }
        }

        return false;
    }
}
