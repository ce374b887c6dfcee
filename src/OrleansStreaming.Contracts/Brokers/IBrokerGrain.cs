using Orleans;
using OrleansStreaming.Contracts.Cluster;
using OrleansStreaming.Records.Errors;
using OrleansStreaming.Records.Ids;

namespace OrleansStreaming.Contracts.Brokers;

/// <summary>
/// One broker's replicas as a whole, pinned to its silo. Key: the broker id in decimal. Called by topic grains and the
/// controller; it calls no grain itself.
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
}
