using Orleans;
using Orleans.Concurrency;
using OrleansStreaming.Contracts.Brokers;
using OrleansStreaming.Contracts.Cluster;
using OrleansStreaming.Contracts.Replication;
using OrleansStreaming.Records.Errors;
using OrleansStreaming.Records.Ids;

namespace OrleansStreaming.Replication.Brokers;

/// <summary>The door to this broker's replicas as a whole.</summary>
[GrainType("broker"), Reentrant, BrokerPinned]
internal sealed class BrokerGrain(BrokerReplicas replicas) : Grain, IBrokerGrain
{
    public Task<ErrorCode> ApplyTopic(TopicDescription topic) => replicas.ApplyAsync(topic);

    public Task<ErrorCode> DropTopic(TopicId topic) => replicas.DropAsync(topic);

    public Task<ReplicateResponse> Replicate(ReplicateRequest request) => throw new NotSupportedException();
}
