namespace OrleansStreaming.Records.Batches;

/// <summary>A record's header where it lies; valid as long as the payload it was read from.</summary>
public readonly ref struct RecordHeaderView
{
    internal RecordHeaderView(ReadOnlySpan<byte> key, ReadOnlySpan<byte> value, bool hasValue)
    {
        Key = key;
        Value = value;
        HasValue = hasValue;
    }

    /// <summary>The name, in UTF-8.</summary>
    public ReadOnlySpan<byte> Key { get; }

    /// <summary>False for a null value, which is not the same as an empty one.</summary>
    public bool HasValue { get; }

    public ReadOnlySpan<byte> Value { get; }
}
