using OrleansStreaming.Contracts.Cluster;
using OrleansStreaming.Contracts.Groups;
using OrleansStreaming.Kafka.Dispatch;
using OrleansStreaming.Kafka.Groups;
using OrleansStreaming.Kafka.Protocol.Messages;
using OrleansStreaming.Records.Errors;

namespace OrleansStreaming.Kafka.Handlers;

/// <summary>OffsetDelete: forgets positions in topics that the group no longer reads (KIP-496).</summary>
internal sealed class OffsetDeleteHandler(GroupCoordinators coordinators, IClusterMetadata metadata)
    : ApiHandler<OffsetDeleteRequest>(ApiKey.OffsetDelete, new ApiVersionRange(0, 0))
{
    protected override async ValueTask<IResponseMessage?> HandleAsync(RequestContext context, OffsetDeleteRequest request)
    {
        var image = metadata.Current;
        var known = request.Topics.Where(topic => image.Topics.ContainsKey(topic.Name));
        GroupTopicPartition[] partitions =
            [.. known.SelectMany(topic => topic.Partitions.Select(partition => new GroupTopicPartition(topic.Name, partition.PartitionIndex)))];
        var result = request.GroupId.Length == 0
            ? new OffsetsResult { Error = ErrorCode.InvalidGroupId }
            : await coordinators.AskAsync(
                context, request.GroupId, group => group.DeleteOffsets(partitions), static error => new OffsetsResult { Error = error }).ConfigureAwait(false);
        var response = new OffsetDeleteResponse { ErrorCode = (short)result.Error };
        if (result.Error is not ErrorCode.None)
        {
            return response;
        }

        var next = 0;
        foreach (var topic in request.Topics)
        {
            var isKnown = image.Topics.ContainsKey(topic.Name);
            response.Topics.Add(new OffsetDeleteResponse.OffsetDeleteResponseTopic
            {
                Name = topic.Name,
                Partitions = topic.Partitions.ConvertAll(partition => new OffsetDeleteResponse.OffsetDeleteResponsePartition
                {
                    PartitionIndex = partition.PartitionIndex,
                    ErrorCode = (short)(isKnown ? result.PartitionErrors[next++] : ErrorCode.UnknownTopicOrPartition),
                }),
            });
        }

        return response;
    }
}
