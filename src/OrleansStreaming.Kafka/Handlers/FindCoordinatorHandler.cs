using OrleansStreaming.Kafka.Dispatch;
using OrleansStreaming.Kafka.Protocol.Messages;
using OrleansStreaming.Records.Errors;

namespace OrleansStreaming.Kafka.Handlers;

/// <summary>FindCoordinator: this broker coordinates neither groups nor transactions, and says so with the error that clients retry.</summary>
internal sealed class FindCoordinatorHandler() : ApiHandler<FindCoordinatorRequest>(ApiKey.FindCoordinator, new ApiVersionRange(0, 6))
{
    private const string Message = "This broker has no group or transaction coordinator.";

    protected override ValueTask<IResponseMessage?> HandleAsync(RequestContext context, FindCoordinatorRequest request)
    {
        var response = new FindCoordinatorResponse();
        if (context.Version >= 4)
        {
            response.Coordinators.AddRange(request.CoordinatorKeys.Select(key => new FindCoordinatorResponse.Coordinator
            {
                Key = key,
                NodeId = -1,
                Port = -1,
                ErrorCode = (short)ErrorCode.CoordinatorNotAvailable,
                ErrorMessage = Message,
            }));
        }
        else
        {
            response.ErrorCode = (short)ErrorCode.CoordinatorNotAvailable;
            response.ErrorMessage = Message;
            response.NodeId = -1;
            response.Port = -1;
        }

        return ValueTask.FromResult<IResponseMessage?>(response);
    }
}
