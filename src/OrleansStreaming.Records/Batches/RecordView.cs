namespace OrleansStreaming.Records.Batches;

/// <summary>A record where it lies; valid as long as the payload it was read from. Null and empty are told apart.</summary>
public readonly ref struct RecordView
{
    private readonly ReadOnlySpan<byte> _body;
    private readonly RecordLayout _layout;

    internal RecordView(ReadOnlySpan<byte> body, scoped in RecordLayout layout, long offset, long timestamp)
    {
        _body = body;
        _layout = layout;
        Offset = offset;
        Timestamp = timestamp;
    }

    public long Offset { get; }

    /// <summary>The record's place in its batch as written, 0 for the first; gaps appear by compaction.</summary>
    public int OffsetDelta => _layout.OffsetDelta;

    /// <summary>Milliseconds since 1970, -1 for none; the append time when the batch says so.</summary>
    public long Timestamp { get; }

    public bool HasKey => _layout.KeyLength >= 0;

    public ReadOnlySpan<byte> Key => _body.Slice(_layout.KeyStart, Math.Max(_layout.KeyLength, 0));

    /// <summary>False for a tombstone.</summary>
    public bool HasValue => _layout.ValueLength >= 0;

    public ReadOnlySpan<byte> Value => _body.Slice(_layout.ValueStart, Math.Max(_layout.ValueLength, 0));

    /// <summary>The record's encoded bytes without their length; what compaction copies.</summary>
    internal ReadOnlySpan<byte> Body => _body;

    internal long TimestampDelta => _layout.TimestampDelta;

    public RecordHeaders Headers => new(_body[_layout.HeadersStart..], _layout.HeaderCount);
}
