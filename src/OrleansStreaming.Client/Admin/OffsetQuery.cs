namespace OrleansStreaming.Client.Admin;

/// <summary>Which offset of a partition is asked for.</summary>
public readonly record struct OffsetQuery
{
    private OffsetQuery(long timestamp) => Timestamp = timestamp;

    /// <summary>Where the log begins.</summary>
    public static OffsetQuery Earliest { get; } = new(-2);

    /// <summary>Behind the last record that a consumer may see.</summary>
    public static OffsetQuery Latest { get; } = new(-1);

    /// <summary>The record with the greatest timestamp.</summary>
    public static OffsetQuery MaxTimestamp { get; } = new(-3);

    /// <summary>In the terms of Kafka's ListOffsets: milliseconds since 1970, or -1, -2, -3.</summary>
    internal long Timestamp { get; }

    /// <summary>The first record at or after a time.</summary>
    public static OffsetQuery At(DateTimeOffset time) => new(Math.Max(0, time.ToUnixTimeMilliseconds()));
}
