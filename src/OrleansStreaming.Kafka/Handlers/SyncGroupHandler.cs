using OrleansStreaming.Contracts.Groups;
using OrleansStreaming.Kafka.Dispatch;
using OrleansStreaming.Kafka.Groups;
using OrleansStreaming.Kafka.Protocol.Messages;
using OrleansStreaming.Records.Errors;

namespace OrleansStreaming.Kafka.Handlers;

/// <summary>SyncGroup: answered with the member's assignment when the leader has brought it and it is committed.</summary>
internal sealed class SyncGroupHandler(GroupCoordinators coordinators) : ApiHandler<SyncGroupRequest>(ApiKey.SyncGroup, new ApiVersionRange(0, 5))
{
    protected override async ValueTask<IResponseMessage?> HandleAsync(RequestContext context, SyncGroupRequest request)
    {
        var result = Check(context, request) is var refusal and not ErrorCode.None
            ? new SyncGroupResult { Error = refusal }
            : await coordinators.AskAsync(
                context, request.GroupId, group => group.Sync(Command(request)), static error => new SyncGroupResult { Error = error }).ConfigureAwait(false);
        return new SyncGroupResponse
        {
            // While the coordinator loads, this generation is as good as over; clients do not know that error here, and Java's ends on it.
            ErrorCode = (short)(result.Error is ErrorCode.CoordinatorLoadInProgress ? ErrorCode.RebalanceInProgress : result.Error),
            ProtocolType = result.ProtocolType,
            ProtocolName = result.Protocol,
            Assignment = result.Assignment,
        };
    }

    /// <summary>From version 5 on the protocol must be named, so that it can be checked (KIP-559).</summary>
    private static ErrorCode Check(RequestContext context, SyncGroupRequest request)
    {
        if (request.GroupId.Length == 0)
        {
            return ErrorCode.InvalidGroupId;
        }

        return context.Version >= 5 && (request.ProtocolType is null || request.ProtocolName is null)
            ? ErrorCode.InconsistentGroupProtocol
            : ErrorCode.None;
    }

    private static SyncGroupCommand Command(SyncGroupRequest request) => new()
    {
        MemberId = request.MemberId,
        InstanceId = request.GroupInstanceId,
        Generation = request.GenerationId,
        ProtocolType = request.ProtocolType,
        Protocol = request.ProtocolName,
        Assignments = [.. request.Assignments.Select(entry => new MemberAssignment { MemberId = entry.MemberId, Assignment = entry.Assignment.ToArray() })],
    };
}
