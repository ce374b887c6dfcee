using OrleansStreaming.Contracts.Groups;
using OrleansStreaming.Kafka.Dispatch;
using OrleansStreaming.Kafka.Groups;
using OrleansStreaming.Kafka.Protocol.Messages;
using OrleansStreaming.Records.Errors;

namespace OrleansStreaming.Kafka.Handlers;

/// <summary>LeaveGroup: one member until version 2, from version 3 on several with an error each (KIP-345).</summary>
internal sealed class LeaveGroupHandler(GroupCoordinators coordinators) : ApiHandler<LeaveGroupRequest>(ApiKey.LeaveGroup, new ApiVersionRange(0, 5))
{
    protected override async ValueTask<IResponseMessage?> HandleAsync(RequestContext context, LeaveGroupRequest request)
    {
        var isSingle = context.Version < 3;
        LeavingMember[] leaving = isSingle
            ? [new LeavingMember { MemberId = request.MemberId }]
            : [.. request.Members.Select(member => new LeavingMember { MemberId = member.MemberId, InstanceId = member.GroupInstanceId })];
        var result = request.GroupId.Length == 0
            ? new LeaveGroupResult { Error = ErrorCode.InvalidGroupId }
            : await coordinators.AskAsync(
                context, request.GroupId, group => group.Leave(leaving), static error => new LeaveGroupResult { Error = error }).ConfigureAwait(false);
        var response = new LeaveGroupResponse { ErrorCode = (short)result.Error };
        if (isSingle && result.Error is ErrorCode.None)
        {
            response.ErrorCode = (short)result.MemberErrors[0];
        }
        else if (!isSingle)
        {
            response.Members.AddRange(result.MemberErrors.Zip(leaving, static (error, member) => new LeaveGroupResponse.MemberResponse
            {
                MemberId = member.MemberId,
                GroupInstanceId = member.InstanceId,
                ErrorCode = (short)error,
            }));
        }

        return response;
    }
}
