namespace OrleansStreaming.Records.Batches;

/// <summary>Reads forward through the bytes of one record. Every method answers false when the record ends too soon.</summary>
internal interface IByteCursor
{
    /// <summary>Bytes read so far.</summary>
    int Position { get; }

    bool TryReadByte(out byte value);

    /// <summary>A zigzag varint of 32 bits.</summary>
    bool TryReadInt32(out int value);

    /// <summary>A zigzag varint of 64 bits.</summary>
    bool TryReadInt64(out long value);

    /// <summary>Passes over <paramref name="count"/> bytes, which is not negative.</summary>
    bool TrySkip(int count);
}
