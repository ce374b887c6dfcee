using System.Runtime.CompilerServices;

namespace OrleansStreaming.Records.Batches;

/// <summary>Where the parts of one record lie, in bytes from the start of its body (the byte after its length).</summary>
internal struct RecordLayout
{
    internal long TimestampDelta;
    internal int OffsetDelta;
    internal int KeyStart;

    /// <summary>-1 for no key.</summary>
    internal int KeyLength;
    internal int ValueStart;

    /// <summary>-1 for no value.</summary>
    internal int ValueLength;
    internal int HeadersStart;
    internal int HeaderCount;

    /// <summary>
    /// Parses a body of exactly <paramref name="length"/> bytes; false when its parts do not fill it exactly. The one parser of
    /// records: the cursor decides whether they lie in one piece or stream by.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static bool TryParse<TCursor>(ref TCursor cursor, int length, out RecordLayout layout)
        where TCursor : struct, IByteCursor, allows ref struct
    {
        Unsafe.SkipInit(out layout);

        // The record's own attributes byte is not in use; Kafka ignores it too.
        if (!cursor.TryReadByte(out _)
            || !cursor.TryReadInt64(out layout.TimestampDelta)
            || !cursor.TryReadInt32(out layout.OffsetDelta)
            || !TrySkipNullable(ref cursor, out layout.KeyStart, out layout.KeyLength)
            || !TrySkipNullable(ref cursor, out layout.ValueStart, out layout.ValueLength)
            || !cursor.TryReadInt32(out layout.HeaderCount))
        {
            return false;
        }

        layout.HeadersStart = cursor.Position;
        return (layout.HeaderCount == 0 || TrySkipHeaders(ref cursor, layout.HeaderCount)) && cursor.Position == length;
    }

    /// <summary>A length and as many bytes; -1 is null and other negative lengths are malformed.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool TrySkipNullable<TCursor>(ref TCursor cursor, out int start, out int length)
        where TCursor : struct, IByteCursor, allows ref struct
    {
        bool read = cursor.TryReadInt32(out length);
        start = cursor.Position;
        return read && (length <= 0 ? length >= -1 : cursor.TrySkip(length));
    }

    private static bool TrySkipHeaders<TCursor>(ref TCursor cursor, int count)
        where TCursor : struct, IByteCursor, allows ref struct
    {
        // A header takes at least two bytes, so a false count ends this loop at the record's end.
        for (; count > 0; count--)
        {
            if (!TrySkipNullable(ref cursor, out _, out int keyLength)
                || keyLength < 0
                || !TrySkipNullable(ref cursor, out _, out _))
            {
                return false;
            }
        }

        return count == 0;
    }
}
