using OrleansStreaming.Contracts.Groups;
using OrleansStreaming.Kafka.Dispatch;
using OrleansStreaming.Kafka.Groups;
using OrleansStreaming.Kafka.Protocol.Messages;
using OrleansStreaming.Records.Errors;

namespace OrleansStreaming.Kafka.Handlers;

/// <summary>Heartbeat: keeps a member's session, and tells it when to join again.</summary>
internal sealed class HeartbeatHandler(GroupCoordinators coordinators) : ApiHandler<HeartbeatRequest>(ApiKey.Heartbeat, new ApiVersionRange(0, 4))
{
    protected override async ValueTask<IResponseMessage?> HandleAsync(RequestContext context, HeartbeatRequest request)
    {
        var command = new HeartbeatCommand { MemberId = request.MemberId, InstanceId = request.GroupInstanceId, Generation = request.GenerationId };
        var error = request.GroupId.Length == 0
            ? ErrorCode.InvalidGroupId
            : await coordinators.AskAsync(context, request.GroupId, group => group.Heartbeat(command), static error => error).ConfigureAwait(false);

        // While the coordinator loads, its members are alive to it; clients do not know this error here.
        return new HeartbeatResponse { ErrorCode = (short)(error is ErrorCode.CoordinatorLoadInProgress ? ErrorCode.None : error) };
    }
}
