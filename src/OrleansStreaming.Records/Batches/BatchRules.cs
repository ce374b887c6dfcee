namespace OrleansStreaming.Records.Batches;

/// <summary>What a leader demands of a new batch. Defaults are Kafka's topic defaults; sizes in bytes, times in milliseconds.</summary>
public readonly record struct BatchRules
{
    /// <summary>256 times the default batch: more than any sensible payload shrinks, and unfolded in a fraction of a second.</summary>
    public const long DefaultMaxDecompressedBytes = 256L * 1024 * 1024;

    public BatchRules()
    {
    }

    /// <summary>The broker's clock, milliseconds since 1970; timestamps are measured against it.</summary>
    public required long Now { get; init; }

    public BatchOrigin Origin { get; init; } = BatchOrigin.Client;

    /// <summary><c>max.message.bytes</c>: the largest batch as sent, header included.</summary>
    public int MaxBatchBytes { get; init; } = 1_048_588;

    /// <summary><c>message.timestamp.type</c>; with log append time the records' own timestamps do not matter.</summary>
    public TimestampType TimestampType { get; init; } = TimestampType.CreateTime;

    /// <summary><c>message.timestamp.before.max.ms</c></summary>
    public long TimestampBeforeMaxMs { get; init; } = long.MaxValue;

    /// <summary><c>message.timestamp.after.max.ms</c></summary>
    public long TimestampAfterMaxMs { get; init; } = 3_600_000;

    /// <summary>The topic is compacted, so a record without a key cannot be kept.</summary>
    public bool KeysRequired { get; init; }

    /// <summary>
    /// The most bytes a compressed batch may unfold to. Bounds the time a decompression bomb can cost; memory is bounded anyway
    /// because the records are checked as they stream by.
    /// </summary>
    public long MaxDecompressedBytes { get; init; } = DefaultMaxDecompressedBytes;
}
