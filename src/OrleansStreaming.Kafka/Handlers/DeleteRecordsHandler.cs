using Microsoft.Extensions.Logging;
using OrleansStreaming.Contracts.Cluster;
using OrleansStreaming.Contracts.Replication;
using OrleansStreaming.Kafka.Diagnostics;
using OrleansStreaming.Kafka.Dispatch;
using OrleansStreaming.Kafka.Protocol.Messages;
using OrleansStreaming.Kafka.Replicas;
using OrleansStreaming.Records.Errors;
using OrleansStreaming.Records.Ids;

namespace OrleansStreaming.Kafka.Handlers;

/// <summary>DeleteRecords: moves the log start offset of partitions that this broker leads (KIP-107).</summary>
internal sealed class DeleteRecordsHandler(IClusterMetadata metadata, ILocalReplicas replicas, ReplicaGrains grains, ILogger<DeleteRecordsHandler> logger)
    : ApiHandler<DeleteRecordsRequest>(ApiKey.DeleteRecords, new ApiVersionRange(0, 2))
{
    protected override async ValueTask<IResponseMessage?> HandleAsync(RequestContext context, DeleteRecordsRequest request)
    {
        var response = new DeleteRecordsResponse();
        foreach (var topic in request.Topics)
        {
            var answered = new DeleteRecordsResponse.DeleteRecordsTopicResult { Name = topic.Name };
            response.Topics.Add(answered);
            foreach (var asked in topic.Partitions)
            {
                var result = await DeleteAsync(new TopicPartition(topic.Name, asked.PartitionIndex), asked.Offset).ConfigureAwait(false);
                answered.Partitions.Add(new DeleteRecordsResponse.DeleteRecordsPartitionResult
                {
                    PartitionIndex = asked.PartitionIndex,
                    ErrorCode = (short)result.Error,
                    LowWatermark = result.LowWatermark.Value,
                });
            }
        }

        return response;
    }

    private async Task<DeleteRecordsResult> DeleteAsync(TopicPartition partition, long before)
    {
        if (before < -1)
        {
            return new DeleteRecordsResult { Error = ErrorCode.OffsetOutOfRange };
        }

        if (replicas.Find(partition) is not { Status.IsLeader: true })
        {
            return new DeleteRecordsResult { Error = Topics.WhyNotHere(metadata.Current, partition) };
        }

        try
        {
            return await grains.Of(partition).DeleteRecords(new Offset(before)).ConfigureAwait(false);
        }
        catch (Exception failure)
        {
            logger.RequestFailed(ApiKey.DeleteRecords, partition.ToString(), failure);
            return new DeleteRecordsResult { Error = GrainFailures.ToError(failure) };
        }
    }
}
