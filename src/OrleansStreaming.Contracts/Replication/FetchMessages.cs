using Orleans;
using OrleansStreaming.Records.Errors;
using OrleansStreaming.Records.Ids;

namespace OrleansStreaming.Contracts.Replication;

/// <summary>Read one partition.</summary>
[GenerateSerializer, Immutable, Alias("OrleansStreaming.FetchCommand")]
public sealed class FetchCommand
{
    [Id(0)] public required Offset Offset { get; init; }

    /// <summary>The first batch is whole even when it is larger (KIP-74).</summary>
    [Id(1)] public required int MaxBytes { get; init; }

    /// <summary>Bytes to wait for.</summary>
    [Id(2)] public int MinBytes { get; init; } = 1;

    /// <summary>How long to wait for them; zero answers at once.</summary>
    [Id(3)] public TimeSpan MaxWait { get; init; }

    [Id(4)] public ReadIsolation Isolation { get; init; }

    /// <summary>The topic id the caller believes in; <see cref="Records.Ids.TopicId.None"/> skips the check.</summary>
    [Id(5)] public TopicId TopicId { get; init; }

    /// <summary>The epoch the caller believes in; <see cref="Records.Ids.LeaderEpoch.None"/> skips the check (KIP-320).</summary>
    [Id(6)] public LeaderEpoch LeaderEpoch { get; init; } = LeaderEpoch.None;
}

/// <summary>Whole batches, the last perhaps cut short, and where the partition stands.</summary>
[GenerateSerializer, Immutable, Alias("OrleansStreaming.FetchedRecords")]
public sealed class FetchedRecords
{
    /// <summary>OFFSET_OUT_OF_RANGE, NOT_LEADER_OR_FOLLOWER, FENCED_LEADER_EPOCH, UNKNOWN_LEADER_EPOCH, INCONSISTENT_TOPIC_ID, KAFKA_STORAGE_ERROR.</summary>
    [Id(0)] public ErrorCode Error { get; init; }

    [Id(1)] public ReadOnlyMemory<byte> Records { get; init; }

    [Id(2)] public LeaderEpoch LeaderEpoch { get; init; } = LeaderEpoch.None;

    [Id(3)] public Offset LogStart { get; init; } = Offset.None;

    [Id(4)] public Offset LastStable { get; init; } = Offset.None;

    [Id(5)] public Offset HighWatermark { get; init; } = Offset.None;

    /// <summary>Only for <see cref="ReadIsolation.ReadCommitted"/>.</summary>
    [Id(6)] public AbortedTransactionRange[] Aborted { get; init; } = [];
}

/// <summary>See <see cref="AbortedTransaction"/>.</summary>
[GenerateSerializer, Immutable, Alias("OrleansStreaming.AbortedTransactionRange")]
public readonly record struct AbortedTransactionRange([property: Id(0)] ProducerId ProducerId, [property: Id(1)] Offset FirstOffset);

/// <summary>Look up an offset.</summary>
[GenerateSerializer, Immutable, Alias("OrleansStreaming.FindOffsetCommand")]
public sealed class FindOffsetCommand
{
    public const long Latest = -1;
    public const long Earliest = -2;
    public const long MaxTimestamp = -3;

    /// <summary>Milliseconds since 1970: the first record at or after that time; or one of the constants.</summary>
    [Id(0)] public required long Timestamp { get; init; }

    [Id(1)] public ReadIsolation Isolation { get; init; }
}

[GenerateSerializer, Immutable, Alias("OrleansStreaming.FindOffsetResult")]
public sealed class FindOffsetResult
{
    [Id(0)] public ErrorCode Error { get; init; }

    /// <summary><see cref="Offset.None"/> when no record matches.</summary>
    [Id(1)] public Offset Offset { get; init; } = Offset.None;

    /// <summary>Milliseconds since 1970 of the record found, else -1.</summary>
    [Id(2)] public long Timestamp { get; init; } = -1;
}
