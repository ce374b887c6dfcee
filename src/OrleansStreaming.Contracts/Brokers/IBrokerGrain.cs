using Orleans;
using Orleans.Concurrency;
using OrleansStreaming.Contracts.Cluster;
using OrleansStreaming.Contracts.Replication;
using OrleansStreaming.Records.Errors;
using OrleansStreaming.Records.Ids;

namespace OrleansStreaming.Contracts.Brokers;

/// <summary>
/// One broker's replicas as a whole, pinned to its silo. Key: the broker id in decimal. Called by topic grains, the controller
/// and the brokers that lead; it calls no grain itself.
/// </summary>
[Alias("OrleansStreaming.IBrokerGrain")]
public interface IBrokerGrain : IGrainWithStringKey
{
    /// <summary>
    /// Opens, reconfigures and gives roles to the broker's replicas of a topic. Idempotent; an older description than the one
    /// applied is ignored. BROKER_NOT_AVAILABLE while the broker starts or stops (its metadata tail catches up later),
    /// KAFKA_STORAGE_ERROR when a log does not open.
    /// </summary>
    [Alias("ApplyTopic")]
    Task<ErrorCode> ApplyTopic(TopicDescription topic);

    /// <summary>
    /// Removes the broker's replicas of a deleted topic with their files. Idempotent: unknown ids are fine. Only the
    /// controller's word deletes files.
    /// </summary>
    [Alias("DropTopic")]
    Task<ErrorCode> DropTopic(TopicId topic);

    /// <summary>
    /// Where the broker's replicas of a topic end: asked before an election that may lose records, so that it loses as few as can be
    /// (KIP-966, unclean recovery).
    /// </summary>
    [AlwaysInterleave, Alias("DescribeEnds")]
    Task<ReplicaEnds> DescribeEnds(TopicId topic);

    /// <summary>
    /// The leaders of another broker speak to the followers here. Parts are taken independently: each has its own answer. A part
    /// with a higher epoch than the follower knows is proof enough that its leader was elected.
    /// </summary>
    [AlwaysInterleave, Alias("Replicate")]
    Task<ReplicateResponse> Replicate(ReplicateRequest request);

    /// <summary>
    /// A follower asks the leader here for its next word at once, because it needs one to be repaired. Whoever does not lead
    /// ignores it; a follower that is not spoken to asks again.
    /// </summary>
    [OneWay, AlwaysInterleave, Alias("Ask")]
    Task Ask(TopicPartition partition, BrokerId follower);
}
