using OrleansStreaming.Contracts.Groups;
using OrleansStreaming.Kafka.Admin;
using OrleansStreaming.Kafka.Dispatch;
using OrleansStreaming.Kafka.Groups;
using OrleansStreaming.Kafka.Protocol.Messages;
using OrleansStreaming.Records.Errors;

namespace OrleansStreaming.Kafka.Handlers;

/// <summary>
/// DescribeGroups: state and members of each classic group; one that does not exist, or is none, is "Dead", from version 6 on an error. The group without a name is one: old clients commit to it.
/// </summary>
internal sealed class DescribeGroupsHandler(GroupCoordinators coordinators)
    : ApiHandler<DescribeGroupsRequest>(ApiKey.DescribeGroups, new ApiVersionRange(0, 6))
{
    protected override async ValueTask<IResponseMessage?> HandleAsync(RequestContext context, DescribeGroupsRequest request)
    {
        var response = new DescribeGroupsResponse();
        response.Groups.AddRange(await Task.WhenAll(request.Groups.Select(id => DescribeAsync(context, request, id))).ConfigureAwait(false));
        return response;
    }

    private async Task<DescribeGroupsResponse.DescribedGroup> DescribeAsync(RequestContext context, DescribeGroupsRequest request, string id)
    {
        var group = await coordinators.AskAsync(context, id, static group => group.Describe(), static error => new GroupDescription { Error = error }).ConfigureAwait(false);
        var described = new DescribeGroupsResponse.DescribedGroup { GroupId = id };
        if (group.Error is not (ErrorCode.None or ErrorCode.GroupIdNotFound))
        {
            described.ErrorCode = (short)group.Error;
            return described;
        }

        if (group.State is GroupState.Dead && context.Version >= 6)
        {
            described.ErrorCode = (short)ErrorCode.GroupIdNotFound;
            described.ErrorMessage = group.Error is ErrorCode.None ? $"Group {id} not found." : $"Group {id} is not a classic group.";
        }

        described.GroupState = group.State.ToString();
        described.ProtocolType = group.ProtocolType;
        described.ProtocolData = group.Protocol;
        described.Members.AddRange(group.Members.Select(member => new DescribeGroupsResponse.DescribedGroupMember
        {
            MemberId = member.MemberId,
            GroupInstanceId = member.InstanceId,
            ClientId = member.ClientId,
            ClientHost = member.ClientHost,
            MemberMetadata = member.Metadata,
            MemberAssignment = member.Assignment,
        }));
        if (request.IncludeAuthorizedOperations)
        {
            described.AuthorizedOperations = AuthorizedOperations.Group;
        }

        return described;
    }
}
