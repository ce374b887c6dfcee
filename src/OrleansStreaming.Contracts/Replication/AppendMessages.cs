using Orleans;
using OrleansStreaming.Records.Errors;
using OrleansStreaming.Records.Ids;

namespace OrleansStreaming.Contracts.Replication;

/// <summary>How long a producer's answer waits. Values are the wire's.</summary>
public enum RequiredAcks : short
{
    All = -1,
    None = 0,
    Leader = 1,
}

/// <summary>One record batch for one partition.</summary>
[GenerateSerializer, Immutable, Alias("OrleansStreaming.AppendRequest")]
public sealed class AppendRequest
{
    // Made on first use: a deserialised request is made without its constructor.
    [NonSerialized] private AppendLease? _lease;

    /// <summary>The batch in pieces, as they lie in the receive buffers: lent until the answer, patched in place.</summary>
    [Id(0)] public required ReadOnlyMemory<byte>[] Pieces { get; init; }

    [Id(1)] public RequiredAcks Acks { get; init; } = RequiredAcks.All;

    /// <summary>The epoch the caller believes in; <see cref="Records.Ids.LeaderEpoch.None"/> skips the check.</summary>
    [Id(2)] public LeaderEpoch LeaderEpoch { get; init; } = LeaderEpoch.None;

    /// <summary>The topic id the caller believes in; <see cref="Records.Ids.TopicId.None"/> skips the check.</summary>
    [Id(3)] public TopicId TopicId { get; init; }

    /// <summary>The grain takes the buffers; false: the caller has given up, append nothing. Follow with <see cref="End"/>.</summary>
    public bool TryTake() => Lease().TryTake();

    /// <summary>The grain will not touch the buffers again.</summary>
    public void End() => Lease().End();

    /// <summary>The caller takes the buffers back after a call that failed; completes when nobody uses them any more.</summary>
    public Task RevokeAsync() => Lease().RevokeAsync();

    private AppendLease Lease() =>
        _lease ?? Interlocked.CompareExchange(ref _lease, new AppendLease(), null) ?? _lease;
}

/// <summary>What became of an append.</summary>
[GenerateSerializer, Immutable, Alias("OrleansStreaming.AppendResult")]
public sealed class AppendResult
{
    [Id(0)] public ErrorCode Error { get; init; }

    [Id(1)] public string? ErrorMessage { get; init; }

    /// <summary>The first record's offset; for a duplicate, the offset it got the first time.</summary>
    [Id(2)] public Offset BaseOffset { get; init; } = Offset.None;

    /// <summary>One past the last record's offset.</summary>
    [Id(3)] public Offset EndOffset { get; init; } = Offset.None;

    /// <summary>Milliseconds since 1970 when the topic stamps log append time, else -1.</summary>
    [Id(4)] public long LogAppendTime { get; init; } = -1;

    [Id(5)] public Offset LogStartOffset { get; init; } = Offset.None;

    /// <summary>The leader's epoch: to name in <see cref="IReplicaGrain.AwaitCommitted"/>, or a hint on a refusal.</summary>
    [Id(6)] public LeaderEpoch LeaderEpoch { get; init; } = LeaderEpoch.None;

    /// <summary>Already committed and as durable as the topic asks: an acks=all producer can be answered now.</summary>
    [Id(7)] public bool IsCommitted { get; init; }

    /// <summary>Records of the batch that were refused, by index in the batch (KIP-467).</summary>
    [Id(8)] public IReadOnlyList<RecordError> RecordErrors { get; init; } = [];

    /// <summary>The same append, committed since.</summary>
    public AppendResult AsCommitted() => new()
    {
        BaseOffset = BaseOffset,
        EndOffset = EndOffset,
        LogAppendTime = LogAppendTime,
        LogStartOffset = LogStartOffset,
        LeaderEpoch = LeaderEpoch,
        IsCommitted = true,
    };
}

/// <summary>Why one record of a batch was refused.</summary>
[GenerateSerializer, Immutable, Alias("OrleansStreaming.RecordError")]
public readonly record struct RecordError([property: Id(0)] int Index, [property: Id(1)] string Message);

[GenerateSerializer, Immutable, Alias("OrleansStreaming.DeleteRecordsResult")]
public sealed class DeleteRecordsResult
{
    [Id(0)] public ErrorCode Error { get; init; }

    [Id(1)] public Offset LowWatermark { get; init; } = Offset.None;
}
