using OrleansStreaming.Contracts.Cluster;
using OrleansStreaming.Contracts.Groups;
using OrleansStreaming.Kafka.Dispatch;
using OrleansStreaming.Kafka.Groups;
using OrleansStreaming.Kafka.Protocol.Messages;
using OrleansStreaming.Kafka.Replicas;
using OrleansStreaming.Records.Errors;
using OrleansStreaming.Records.Ids;

namespace OrleansStreaming.Kafka.Handlers;

/// <summary>OffsetFetch: committed positions of one group until version 7, of several from version 8 on; -1 where there is none.</summary>
internal sealed class OffsetFetchHandler(GroupCoordinators coordinators, IClusterMetadata metadata)
    : ApiHandler<OffsetFetchRequest>(ApiKey.OffsetFetch, new ApiVersionRange(1, 10))
{
    protected override async ValueTask<IResponseMessage?> HandleAsync(RequestContext context, OffsetFetchRequest request)
    {
        if (context.Version >= 8)
        {
            var many = new OffsetFetchResponse();
            many.Groups.AddRange(await Task.WhenAll(request.Groups.Select(group => FetchAsync(context, group))).ConfigureAwait(false));
            return many;
        }

        return Single(context, request, await FetchAsync(context, new OffsetFetchRequest.OffsetFetchRequestGroup
        {
            GroupId = request.GroupId,
            Topics = request.Topics?.ConvertAll(topic => new OffsetFetchRequest.OffsetFetchRequestTopics { Name = topic.Name, PartitionIndexes = topic.PartitionIndexes }),
        }).ConfigureAwait(false));
    }

    /// <summary>The older form of the answer; version 1 knows errors only with partitions.</summary>
    private static OffsetFetchResponse Single(RequestContext context, OffsetFetchRequest request, OffsetFetchResponse.OffsetFetchResponseGroup group)
    {
        var response = new OffsetFetchResponse { ErrorCode = group.ErrorCode };
        if (group.ErrorCode == 0)
        {
            response.Topics.AddRange(group.Topics.Select(topic => new OffsetFetchResponse.OffsetFetchResponseTopic
            {
                Name = topic.Name,
                Partitions = topic.Partitions.ConvertAll(partition => new OffsetFetchResponse.OffsetFetchResponsePartition
                {
                    PartitionIndex = partition.PartitionIndex,
                    CommittedOffset = partition.CommittedOffset,
                    CommittedLeaderEpoch = partition.CommittedLeaderEpoch,
                    Metadata = partition.Metadata,
                    ErrorCode = partition.ErrorCode,
                }),
            }));
        }
        else if (context.Version < 2)
        {
            response.Topics.AddRange((request.Topics ?? []).Select(topic => new OffsetFetchResponse.OffsetFetchResponseTopic
            {
                Name = topic.Name,
                Partitions = topic.PartitionIndexes.ConvertAll(partition => new OffsetFetchResponse.OffsetFetchResponsePartition
                {
                    PartitionIndex = partition, CommittedOffset = -1, Metadata = "", ErrorCode = group.ErrorCode,
                }),
            }));
        }

        return response;
    }

    private async Task<OffsetFetchResponse.OffsetFetchResponseGroup> FetchAsync(RequestContext context, OffsetFetchRequest.OffsetFetchRequestGroup asked)
    {
        var image = metadata.Current;
        var topics = asked.Topics?.ConvertAll(topic => (Asked: topic, Resolved: Topics.Resolve(image, topic.Name, topic.TopicId)));
        GroupTopicPartition[]? partitions = topics is null
            ? null
            : [.. topics.Where(topic => topic.Resolved.Error is ErrorCode.None).SelectMany(topic => topic.Asked.PartitionIndexes.Select(index => new GroupTopicPartition(topic.Resolved.Name, index)))];
        var result = await coordinators.AskAsync(
            context, asked.GroupId, group => group.FetchOffsets(partitions, asked.MemberId, asked.MemberEpoch), static error => new FetchOffsetsResult { Error = error }).ConfigureAwait(false);
        var response = new OffsetFetchResponse.OffsetFetchResponseGroup { GroupId = asked.GroupId, ErrorCode = (short)result.Error };
        if (result.Error is not ErrorCode.None)
        {
            return response;
        }

        var found = result.Offsets.ToDictionary(entry => entry.Partition, entry => entry.Value);
        response.Topics.AddRange(topics is null
            ? All(context, image, found)
            : topics.Select(topic => new OffsetFetchResponse.OffsetFetchResponseTopics
            {
                Name = topic.Resolved.Name,
                TopicId = topic.Asked.TopicId,
                Partitions = topic.Asked.PartitionIndexes.ConvertAll(index =>
                    Answer(index, found.GetValueOrDefault(new GroupTopicPartition(topic.Resolved.Name, index)), topic.Resolved.Error)),
            }));
        return response;
    }

    /// <summary>Every topic with positions; in versions that know only ids, those that exist.</summary>
    private static IEnumerable<OffsetFetchResponse.OffsetFetchResponseTopics> All(
        RequestContext context, ClusterImage image, Dictionary<GroupTopicPartition, CommittedOffset?> found) => found
        .GroupBy(entry => entry.Key.Topic, StringComparer.Ordinal)
        .Where(topic => context.Version < 10 || image.Topics.ContainsKey(topic.Key))
        .Select(topic => new OffsetFetchResponse.OffsetFetchResponseTopics
        {
            Name = topic.Key,
            TopicId = image.Topics.GetValueOrDefault(topic.Key)?.Id.Value ?? Guid.Empty,
            Partitions = [.. topic.OrderBy(entry => entry.Key.Partition).Select(entry => Answer(entry.Key.Partition, entry.Value, ErrorCode.None))],
        });

    private static OffsetFetchResponse.OffsetFetchResponsePartitions Answer(int index, CommittedOffset? offset, ErrorCode error) => new()
    {
        PartitionIndex = index,
        CommittedOffset = offset?.Offset.Value ?? -1,
        CommittedLeaderEpoch = offset?.LeaderEpoch.Value ?? LeaderEpoch.None.Value,
        Metadata = offset?.Metadata ?? "",
        ErrorCode = (short)error,
    };
}
