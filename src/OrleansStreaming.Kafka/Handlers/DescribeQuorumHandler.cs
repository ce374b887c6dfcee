using OrleansStreaming.Contracts.Cluster;
using OrleansStreaming.Kafka.Dispatch;
using OrleansStreaming.Kafka.Protocol.Messages;
using OrleansStreaming.Kafka.Replicas;
using OrleansStreaming.Records.Errors;

namespace OrleansStreaming.Kafka.Handlers;

/// <summary>
/// DescribeQuorum (KIP-595, KIP-836): what is true here in the words of the metadata log. The controller's broker leads the one
/// partition of <c>__cluster_metadata</c>; its epoch is the controller's term, and the log ends at the metadata version. Voters
/// are the living brokers, each of which can host the next controller: its state lies outside of the brokers and is written
/// before it is told, so whoever follows has all of it. Nobody fetches, so there are no times of a last fetch, and no observers.
/// </summary>
internal sealed class DescribeQuorumHandler(IClusterMetadata metadata)
    : ApiHandler<DescribeQuorumRequest>(ApiKey.DescribeQuorum, new ApiVersionRange(0, 2))
{
    private const string MetadataTopic = "__cluster_metadata";
    private const string Listener = "PLAINTEXT";
    private const short FirstWithNodes = 2;

    protected override ValueTask<IResponseMessage?> HandleAsync(RequestContext context, DescribeQuorumRequest request)
    {
        var image = metadata.Current;
        var response = new DescribeQuorumResponse();
        foreach (var topic in request.Topics)
        {
            response.Topics.Add(new DescribeQuorumResponse.TopicData
            {
                TopicName = topic.TopicName,
                Partitions = [.. topic.Partitions.Select(partition => Describe(topic.TopicName, partition.PartitionIndex, image))],
            });
        }

        foreach (var broker in image.Brokers.Values.Where(broker => broker.IsAlive && context.Version >= FirstWithNodes))
        {
            response.Nodes.Add(new DescribeQuorumResponse.Node
            {
                NodeId = broker.Id.Value,
                Listeners = [new DescribeQuorumResponse.Listener { Name = Listener, Host = broker.Host, Port = (ushort)broker.Port }],
            });
        }

        return ValueTask.FromResult<IResponseMessage?>(response);
    }

    private static DescribeQuorumResponse.PartitionData Describe(string topic, int partition, ClusterImage image)
    {
        if (topic != MetadataTopic || partition != 0)
        {
            return new DescribeQuorumResponse.PartitionData { PartitionIndex = partition, ErrorCode = (short)ErrorCode.UnknownTopicOrPartition };
        }

        return new DescribeQuorumResponse.PartitionData
        {
            PartitionIndex = partition,
            LeaderId = Topics.IsOnline(image, image.Controller) ? image.Controller.Value : -1,
            LeaderEpoch = image.ControllerTerm,
            HighWatermark = image.Version,
            CurrentVoters = [.. image.Brokers.Values.Where(broker => broker.IsAlive).Select(broker => new DescribeQuorumResponse.ReplicaState
            {
                ReplicaId = broker.Id.Value,
                LogEndOffset = image.Version,
            })],
        };
    }
}
