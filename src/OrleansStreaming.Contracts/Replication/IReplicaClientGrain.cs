using Orleans;
using Orleans.Concurrency;
using OrleansStreaming.Records.Ids;

namespace OrleansStreaming.Contracts.Replication;

/// <summary>
/// What Orleans clients, in this process or far away, do with one replica: append until committed, read, look up offsets. Pinned
/// to the replica's broker. Key: <see cref="ReplicaKey"/>. Only the leader takes these calls; others refuse with a value.
/// </summary>
[Alias("OrleansStreaming.IReplicaClientGrain")]
public interface IReplicaClientGrain : IGrainWithStringKey
{
    /// <summary>
    /// <see cref="IReplicaGrain.Append"/> and, for acks=all, <see cref="IReplicaGrain.AwaitCommitted"/> in one round trip. The
    /// buffers are lent until the batch is written, which may be long before the answer.
    /// </summary>
    /// <param name="request">The batch.</param>
    /// <param name="timeout">How long to wait for the commit; then REQUEST_TIMED_OUT or NOT_ENOUGH_REPLICAS_AFTER_APPEND.</param>
    [Alias("Append")]
    Task<AppendResult> Append(AppendRequest request, TimeSpan timeout);

    /// <summary>Reads batches, waiting for them at the end of the log: see <see cref="ReplicaFetch"/>.</summary>
    [AlwaysInterleave, Alias("Fetch")]
    Task<FetchedRecords> Fetch(FetchCommand request);

    /// <summary>Looks up an offset by time.</summary>
    [AlwaysInterleave, Alias("FindOffset")]
    Task<FindOffsetResult> FindOffset(FindOffsetCommand request);
}
