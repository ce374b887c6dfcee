using OrleansStreaming.Contracts.Cluster;
using OrleansStreaming.Contracts.Replication;
using OrleansStreaming.Kafka.Dispatch;
using OrleansStreaming.Kafka.Protocol.Messages;
using OrleansStreaming.Kafka.Replicas;
using OrleansStreaming.Records.Ids;

namespace OrleansStreaming.Kafka.Handlers;

/// <summary>DescribeProducers: the producer ids that a replica on this broker remembers, with what it knows of them (KIP-664).</summary>
internal sealed class DescribeProducersHandler(IClusterMetadata metadata, ILocalReplicas replicas)
    : ApiHandler<DescribeProducersRequest>(ApiKey.DescribeProducers, new ApiVersionRange(0, 0))
{
    protected override ValueTask<IResponseMessage?> HandleAsync(RequestContext context, DescribeProducersRequest request) =>
        ValueTask.FromResult<IResponseMessage?>(new DescribeProducersResponse
        {
            Topics = request.Topics.ConvertAll(topic => new DescribeProducersResponse.TopicResponse
            {
                Name = topic.Name,
                Partitions = topic.PartitionIndexes.ConvertAll(partition => Answer(new TopicPartition(topic.Name, partition))),
            }),
        });

    private DescribeProducersResponse.PartitionResponse Answer(TopicPartition partition) => replicas.Find(partition) is { } replica
        ? new DescribeProducersResponse.PartitionResponse
        {
            PartitionIndex = partition.Partition,
            ActiveProducers = [.. replica.Producers().OrderBy(producer => producer.Id).Select(producer => new DescribeProducersResponse.ProducerState
            {
                ProducerId = producer.Id.Value,
                ProducerEpoch = producer.Epoch,
                LastSequence = producer.LastSequence,
                LastTimestamp = producer.LastTimestamp,
                CoordinatorEpoch = producer.CoordinatorEpoch,
                CurrentTxnStartOffset = producer.TransactionStart.Value,
            })],
        }
        : new DescribeProducersResponse.PartitionResponse
        {
            PartitionIndex = partition.Partition,
            ErrorCode = (short)Topics.WhyNotHere(metadata.Current, partition),
        };
}
