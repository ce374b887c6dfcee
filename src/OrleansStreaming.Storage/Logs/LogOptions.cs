using OrleansStreaming.Records.Batches;

namespace OrleansStreaming.Storage.Logs;

/// <summary>The limits of one log. Defaults are Kafka's; bytes and milliseconds; -1 is "no limit" where Kafka says so.</summary>
public sealed record LogOptions
{
    public static readonly LogOptions Default = new();

    /// <summary><c>segment.bytes</c></summary>
    public int SegmentBytes { get; init; } = 1024 * 1024 * 1024;

    /// <summary><c>segment.ms</c></summary>
    public long SegmentMs { get; init; } = 7L * 24 * 60 * 60 * 1000;

    /// <summary><c>segment.jitter.ms</c></summary>
    public long SegmentJitterMs { get; init; }

    /// <summary><c>segment.index.bytes</c></summary>
    public int SegmentIndexBytes { get; init; } = 10 * 1024 * 1024;

    /// <summary><c>index.interval.bytes</c></summary>
    public int IndexIntervalBytes { get; init; } = 4096;

    /// <summary><c>retention.ms</c>; -1 for no limit.</summary>
    public long RetentionMs { get; init; } = 7L * 24 * 60 * 60 * 1000;

    /// <summary><c>retention.bytes</c>; -1 for no limit.</summary>
    public long RetentionBytes { get; init; } = -1;

    /// <summary><c>file.delete.delay.ms</c></summary>
    public long FileDeleteDelayMs { get; init; } = 60_000;

    /// <summary><c>flush.messages</c></summary>
    public long FlushMessages { get; init; } = long.MaxValue;

    /// <summary><c>flush.ms</c></summary>
    public long FlushMs { get; init; } = long.MaxValue;

    /// <summary><c>max.message.bytes</c>: the largest batch, overhead included.</summary>
    public int MaxMessageBytes { get; init; } = 1_048_588;

    /// <summary><c>message.timestamp.type</c></summary>
    public TimestampType TimestampType { get; init; } = TimestampType.CreateTime;

    /// <summary><c>message.timestamp.before.max.ms</c></summary>
    public long TimestampBeforeMaxMs { get; init; } = long.MaxValue;

    /// <summary><c>message.timestamp.after.max.ms</c></summary>
    public long TimestampAfterMaxMs { get; init; } = 3_600_000;

    /// <summary><c>cleanup.policy</c> contains <c>delete</c>.</summary>
    public bool CleanupDelete { get; init; } = true;

    /// <summary><c>cleanup.policy</c> contains <c>compact</c>: records must have keys.</summary>
    public bool CleanupCompact { get; init; }

    /// <summary><c>min.cleanable.dirty.ratio</c>: the share of a log that must be dirty before it is compacted.</summary>
    public double MinCleanableDirtyRatio { get; init; } = 0.5;

    /// <summary><c>min.compaction.lag.ms</c></summary>
    public long MinCompactionLagMs { get; init; }

    /// <summary><c>max.compaction.lag.ms</c></summary>
    public long MaxCompactionLagMs { get; init; } = long.MaxValue;

    /// <summary><c>delete.retention.ms</c>: how long compaction leaves tombstones readable.</summary>
    public long DeleteRetentionMs { get; init; } = 86_400_000;

    /// <summary><c>producer.id.expiration.ms</c></summary>
    public long ProducerIdExpirationMs { get; init; } = 86_400_000;
}
