using Orleans;
using Orleans.Concurrency;
using OrleansStreaming.Contracts.Brokers;
using OrleansStreaming.Contracts.Cluster;
using OrleansStreaming.Contracts.Replication;
using OrleansStreaming.Records.Errors;
using OrleansStreaming.Records.Ids;
using OrleansStreaming.Replication.Links;

namespace OrleansStreaming.Replication.Brokers;

/// <summary>The door to this broker's replicas as a whole.</summary>
[GrainType("broker"), Reentrant, BrokerPinned]
internal sealed class BrokerGrain(BrokerReplicas replicas, PartReceiver receiver) : Grain, IBrokerGrain
{
    public Task<ErrorCode> ApplyTopic(TopicDescription topic) => replicas.ApplyAsync(topic);

    public Task<ErrorCode> DropTopic(TopicId topic) => replicas.DropAsync(topic);

    public Task<ReplicaEnds> DescribeEnds(TopicId topic) => Task.FromResult(replicas.DescribeEnds(topic));

    // On the pool: messages of several brokers are written side by side, and none in the grain's turn.
    public Task<ReplicateResponse> Replicate(ReplicateRequest request) => Task.Run(() => receiver.TakeReceivedAsync(request, replicas.BrokerEpoch));

    public Task Ask(TopicPartition partition, BrokerId follower)
    {
        replicas.OnAsked(partition, follower);
        return Task.CompletedTask;
    }
}
