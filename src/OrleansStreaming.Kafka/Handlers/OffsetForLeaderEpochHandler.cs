using OrleansStreaming.Contracts.Cluster;
using OrleansStreaming.Contracts.Replication;
using OrleansStreaming.Kafka.Dispatch;
using OrleansStreaming.Kafka.Protocol.Messages;
using OrleansStreaming.Kafka.Replicas;
using OrleansStreaming.Records.Errors;
using OrleansStreaming.Records.Ids;

namespace OrleansStreaming.Kafka.Handlers;

/// <summary>OffsetForLeaderEpoch: where an epoch ended, so that a client sees whether its position was truncated away (KIP-320).</summary>
internal sealed class OffsetForLeaderEpochHandler(IClusterMetadata metadata, ILocalReplicas replicas)
    : ApiHandler<OffsetForLeaderEpochRequest>(ApiKey.OffsetForLeaderEpoch, new ApiVersionRange(2, 4))
{
    protected override ValueTask<IResponseMessage?> HandleAsync(RequestContext context, OffsetForLeaderEpochRequest request)
    {
        var response = new OffsetForLeaderEpochResponse();
        foreach (var topic in request.Topics)
        {
            var answered = new OffsetForLeaderEpochResponse.OffsetForLeaderTopicResult { Topic = topic.Topic };
            response.Topics.Add(answered);
            foreach (var asked in topic.Partitions)
            {
                answered.Partitions.Add(Answer(new TopicPartition(topic.Topic, asked.Partition), asked));
            }
        }

        return ValueTask.FromResult<IResponseMessage?>(response);
    }

    private OffsetForLeaderEpochResponse.EpochEndOffset Answer(TopicPartition partition, OffsetForLeaderEpochRequest.OffsetForLeaderPartition asked)
    {
        var answer = new OffsetForLeaderEpochResponse.EpochEndOffset { Partition = asked.Partition };
        if (replicas.Find(partition) is not { } replica)
        {
            answer.ErrorCode = (short)Topics.WhyNotHere(metadata.Current, partition);
        }
        else if (LeaderEpochs.Check(replica.Status, asked.CurrentLeaderEpoch, onlyLeader: true) is var refusal and not ErrorCode.None)
        {
            answer.ErrorCode = (short)refusal;
        }
        else
        {
            var end = replica.EndOffsetFor(new LeaderEpoch(asked.LeaderEpoch));
            answer.LeaderEpoch = end.Epoch.Value;
            answer.EndOffset = end.EndOffset.Value;
        }

        return answer;
    }
}
