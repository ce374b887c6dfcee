using OrleansStreaming.Contracts.Groups;
using OrleansStreaming.Kafka.Dispatch;
using OrleansStreaming.Kafka.Groups;
using OrleansStreaming.Kafka.Protocol.Messages;
using OrleansStreaming.Records.Errors;
using OrleansStreaming.Records.Ids;

namespace OrleansStreaming.Kafka.Handlers;

/// <summary>ConsumerGroupHeartbeat: a member joins, stays, leaves, and is told its partitions (KIP-848). From version 1 on members choose their ids.</summary>
internal sealed class ConsumerGroupHeartbeatHandler(GroupCoordinators coordinators)
    : ApiHandler<ConsumerGroupHeartbeatRequest>(ApiKey.ConsumerGroupHeartbeat, new ApiVersionRange(0, 1))
{
    protected override async ValueTask<IResponseMessage?> HandleAsync(RequestContext context, ConsumerGroupHeartbeatRequest request)
    {
        var command = Command(context, request);
        var result = Check(context, request) is { } refusal
            ? Refuse(ErrorCode.InvalidRequest, refusal)
            : await coordinators.AskAsync(context, request.GroupId, group => group.ConsumerHeartbeat(command), static error => Refuse(error, null)).ConfigureAwait(false);
        var response = new ConsumerGroupHeartbeatResponse { ErrorCode = (short)result.Error, ErrorMessage = result.ErrorMessage };
        if (result.Error is not ErrorCode.None)
        {
            return response;
        }

        response.MemberId = result.MemberId;
        response.MemberEpoch = result.MemberEpoch;
        response.HeartbeatIntervalMs = result.HeartbeatIntervalMs;
        if (result.Assignment is { } assignment)
        {
            response.Assignment = new ConsumerGroupHeartbeatResponse.AssignmentData
            {
                TopicPartitions = [.. assignment.Select(static topic => new ConsumerGroupHeartbeatResponse.TopicPartitions
                {
                    TopicId = topic.TopicId.Value,
                    Partitions = [.. topic.Partitions],
                })],
            };
        }

        return response;
    }

    private static string? Check(RequestContext context, ConsumerGroupHeartbeatRequest request)
    {
        if (string.IsNullOrWhiteSpace(request.GroupId))
        {
            return "GroupId must not be empty.";
        }

        return context.Version >= 1 && request.MemberId.Length == 0 ? "MemberId must not be empty." : null;
    }

    private static ConsumerHeartbeatCommand Command(RequestContext context, ConsumerGroupHeartbeatRequest request) => new()
    {
        MemberId = request.MemberId,
        MemberEpoch = request.MemberEpoch,
        InstanceId = request.InstanceId,
        RackId = request.RackId,
        RebalanceTimeoutMs = request.RebalanceTimeoutMs,
        TopicNames = request.SubscribedTopicNames?.ToArray(),
        TopicRegex = request.SubscribedTopicRegex,
        Assignor = request.ServerAssignor,
        Owned = request.TopicPartitions?.Select(static topic => new TopicPartitions { TopicId = new TopicId(topic.TopicId), Partitions = [.. topic.Partitions] }).ToArray(),
        ClientId = GroupClients.IdOf(context),
        ClientHost = GroupClients.HostOf(context),
    };

    private static ConsumerHeartbeatResult Refuse(ErrorCode error, string? message) => new() { Error = error, ErrorMessage = message };
}
