using OrleansStreaming.Contracts.Cluster;
using OrleansStreaming.Kafka.Admin;
using OrleansStreaming.Kafka.Dispatch;
using OrleansStreaming.Kafka.Protocol.Messages;
using OrleansStreaming.Kafka.Replicas;
using OrleansStreaming.Kafka.Settings;
using OrleansStreaming.Records.Errors;

namespace OrleansStreaming.Kafka.Handlers;

/// <summary>DescribeTopicPartitions: topics by name in pages of partitions, from a cursor on (KIP-966).</summary>
internal sealed class DescribeTopicPartitionsHandler(IClusterMetadata metadata, BrokerSettings settings)
    : ApiHandler<DescribeTopicPartitionsRequest>(ApiKey.DescribeTopicPartitions, new ApiVersionRange(0, 0))
{
    protected override ValueTask<IResponseMessage?> HandleAsync(RequestContext context, DescribeTopicPartitionsRequest request)
    {
        var image = metadata.Current;
        var response = new DescribeTopicPartitionsResponse();
        var all = request.Topics.Count == 0;
        var asked = (all ? image.Topics.Keys : request.Topics.Select(topic => topic.Name)).ToHashSet(StringComparer.Ordinal);
        if (request.Cursor is { } at && (at.PartitionIndex < 0 || (!all && !asked.Contains(at.TopicName))))
        {
            // No place for an error of its own: each topic that was asked for carries it.
            response.Topics.AddRange(request.Topics.Select(topic => new DescribeTopicPartitionsResponse.DescribeTopicPartitionsResponseTopic
            {
                Name = topic.Name,
                ErrorCode = (short)ErrorCode.InvalidRequest,
            }));
            return ValueTask.FromResult<IResponseMessage?>(response);
        }

        var names = asked.Order(StringComparer.Ordinal).SkipWhile(name => request.Cursor is { } cursor && string.CompareOrdinal(name, cursor.TopicName) < 0);
        var left = Math.Clamp(request.ResponsePartitionLimit, 1, settings.Int("max.request.partition.size.limit"));
        foreach (var name in names)
        {
            if (left == 0)
            {
                response.NextCursor = new DescribeTopicPartitionsResponse.Cursor { TopicName = name, PartitionIndex = 0 };
                break;
            }

            if (!image.Topics.TryGetValue(name, out var topic))
            {
                response.Topics.Add(new() { Name = name, ErrorCode = (short)ErrorCode.UnknownTopicOrPartition });
                continue;
            }

            var first = request.Cursor is { } from && from.TopicName == name ? Math.Clamp(from.PartitionIndex, 0, topic.Partitions.Count) : 0;
            var count = Math.Min(left, topic.Partitions.Count - first);
            response.Topics.Add(Describe(topic, image, first, count));
            left -= count;
            if (first + count < topic.Partitions.Count)
            {
                response.NextCursor = new DescribeTopicPartitionsResponse.Cursor { TopicName = name, PartitionIndex = first + count };
                break;
            }
        }

        return ValueTask.FromResult<IResponseMessage?>(response);
    }

    private static DescribeTopicPartitionsResponse.DescribeTopicPartitionsResponseTopic Describe(
        TopicDescription topic, ClusterImage image, int first, int count) => new()
        {
            Name = topic.Name,
            TopicId = topic.Id.Value,
            IsInternal = topic.IsInternal,
            TopicAuthorizedOperations = AuthorizedOperations.Topic,
            Partitions = [.. topic.Partitions.Skip(first).Take(count).Select(partition => Describe(partition, image))],
        };

    /// <summary>
    /// A partition without a leader is no error here, but a leader of -1. The last in-sync replica is remembered as in sync, so
    /// there is no list of its own of the last known eligible ones.
    /// </summary>
    private static DescribeTopicPartitionsResponse.DescribeTopicPartitionsResponsePartition Describe(PartitionDescription partition, ClusterImage image)
    {
        var hasLeader = Topics.IsOnline(image, partition.Leader);
        return new()
        {
            PartitionIndex = partition.Partition,
            LeaderId = hasLeader ? partition.Leader.Value : -1,
            LeaderEpoch = partition.LeaderEpoch.Value,
            ReplicaNodes = [.. partition.Replicas.Select(replica => replica.Value)],
            IsrNodes = [.. partition.InSyncReplicas.Select(replica => replica.Value)],
            EligibleLeaderReplicas = [.. partition.EligibleLeaderReplicas.Select(replica => replica.Value)],
            LastKnownElr = [],
            OfflineReplicas = [.. partition.Replicas.Where(replica => !Topics.IsOnline(image, replica)).Select(replica => replica.Value)],
        };
    }
}
