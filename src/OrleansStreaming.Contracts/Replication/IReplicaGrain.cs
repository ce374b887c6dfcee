using Orleans;
using Orleans.Concurrency;
using OrleansStreaming.Records.Errors;
using OrleansStreaming.Records.Ids;

namespace OrleansStreaming.Contracts.Replication;

/// <summary>
/// One replica of one partition, pinned to its broker. Key: <see cref="ReplicaKey"/>. Only the leader takes these calls;
/// every other replica refuses them with a value.
/// </summary>
[Alias("OrleansStreaming.IReplicaGrain")]
public interface IReplicaGrain : IGrainWithStringKey
{
    /// <summary>
    /// Validates and appends one batch and answers once it is written, not yet committed: see <see cref="AwaitCommitted"/>.
    /// The caller lends the buffers, which may be patched, until the answer.
    /// </summary>
    [Alias("Append")]
    Task<AppendResult> Append(AppendRequest request);

    /// <summary>
    /// As <see cref="Append"/>, but answers when the batch is committed, or when nobody knows yet whether it will be: after
    /// <paramref name="patience"/>, or because the leadership is over. <see cref="AppendResult.IsCommitted"/> tells which, and
    /// <see cref="AwaitCommitted"/> the rest. One call where two would do, for callers that keep their buffers as long.
    /// </summary>
    [Alias("AppendCommitted")]
    Task<AppendResult> AppendCommitted(AppendRequest request, TimeSpan patience);

    /// <summary>
    /// Completes when everything before <paramref name="end"/> is committed (and flushed where the topic asks for it), or with
    /// the reason why it will not be: REQUEST_TIMED_OUT, NOT_ENOUGH_REPLICAS_AFTER_APPEND, NOT_LEADER_OR_FOLLOWER.
    /// </summary>
    [AlwaysInterleave, Alias("AwaitCommitted")]
    Task<ErrorCode> AwaitCommitted(Offset end, LeaderEpoch epoch, TimeSpan timeout);

    /// <summary>Moves the log start offset to <paramref name="before"/> (<see cref="Offset.None"/>: the high watermark).</summary>
    [Alias("DeleteRecords")]
    Task<DeleteRecordsResult> DeleteRecords(Offset before);
}
