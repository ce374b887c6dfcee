using OrleansStreaming.Contracts.Cluster;
using OrleansStreaming.Contracts.Groups;
using OrleansStreaming.Kafka.Admin;
using OrleansStreaming.Kafka.Dispatch;
using OrleansStreaming.Kafka.Groups;
using OrleansStreaming.Kafka.Protocol.Messages;
using OrleansStreaming.Records.Errors;

namespace OrleansStreaming.Kafka.Handlers;

/// <summary>ConsumerGroupDescribe: groups of the consumer protocol with what each member has and is to have; others are GROUP_ID_NOT_FOUND.</summary>
internal sealed class ConsumerGroupDescribeHandler(GroupCoordinators coordinators, IClusterMetadata metadata)
    : ApiHandler<ConsumerGroupDescribeRequest>(ApiKey.ConsumerGroupDescribe, new ApiVersionRange(0, 1))
{
    private const sbyte ClassicMember = 0;
    private const sbyte ConsumerMember = 1;

    protected override async ValueTask<IResponseMessage?> HandleAsync(RequestContext context, ConsumerGroupDescribeRequest request)
    {
        var response = new ConsumerGroupDescribeResponse();
        response.Groups.AddRange(await Task.WhenAll(request.GroupIds.Select(id => DescribeAsync(context, request, id))).ConfigureAwait(false));
        return response;
    }

    private async Task<ConsumerGroupDescribeResponse.DescribedGroup> DescribeAsync(RequestContext context, ConsumerGroupDescribeRequest request, string id)
    {
        var group = id.Length == 0
            ? new ConsumerGroupDescription { Error = ErrorCode.InvalidGroupId }
            : await coordinators.AskAsync(
                context, id, static group => group.DescribeConsumers(), static error => new ConsumerGroupDescription { Error = error }).ConfigureAwait(false);
        var described = new ConsumerGroupDescribeResponse.DescribedGroup { GroupId = id, GroupState = "", AssignorName = "" };
        if (group.Error is not ErrorCode.None)
        {
            described.ErrorCode = (short)group.Error;
            described.ErrorMessage = group.Error is ErrorCode.GroupIdNotFound ? $"There is no consumer group {id}." : null;
            return described;
        }

        var image = metadata.Current;
        described.GroupState = group.State.ToString();
        described.GroupEpoch = group.GroupEpoch;
        described.AssignmentEpoch = group.AssignmentEpoch;
        described.AssignorName = group.Assignor;
        described.Members.AddRange(group.Members.Select(member => Member(image, member)));
        if (request.IncludeAuthorizedOperations)
        {
            described.AuthorizedOperations = AuthorizedOperations.Group;
        }

        return described;
    }

    private static ConsumerGroupDescribeResponse.Member Member(ClusterImage image, DescribedConsumer member) => new()
    {
        MemberId = member.MemberId,
        InstanceId = member.InstanceId,
        RackId = member.RackId,
        MemberEpoch = member.MemberEpoch,
        ClientId = member.ClientId,
        ClientHost = member.ClientHost,
        SubscribedTopicNames = [.. member.TopicNames],
        SubscribedTopicRegex = member.TopicRegex,
        Assignment = Assignment(image, member.Assignment),
        TargetAssignment = Assignment(image, member.Target),
        MemberType = member.IsClassic ? ClassicMember : ConsumerMember,
    };

    /// <summary>Topics that are gone have no name to show.</summary>
    private static ConsumerGroupDescribeResponse.Assignment Assignment(ClusterImage image, TopicPartitions[] topics) => new()
    {
        TopicPartitions = [.. topics.Where(topic => image.TopicsById.ContainsKey(topic.TopicId)).Select(topic => new ConsumerGroupDescribeResponse.TopicPartitions
        {
            TopicId = topic.TopicId.Value,
            TopicName = image.TopicsById[topic.TopicId].Name,
            Partitions = [.. topic.Partitions],
        })],
    };
}
