using OrleansStreaming.Records.Errors;
using OrleansStreaming.Records.Sources;

namespace OrleansStreaming.Contracts.Replication;

/// <summary>The outcome of a read: an error, or bytes to copy and the offsets at that moment.</summary>
/// <param name="Records">Dispose after sending. Empty when there is nothing to see yet.</param>
/// <param name="Aborted">Only for <see cref="ReadIsolation.ReadCommitted"/>.</param>
public readonly record struct ReplicaReadResult(
    ErrorCode Error,
    RecordSource Records,
    ReplicaStatus Status,
    IReadOnlyList<AbortedTransaction> Aborted);
