using OrleansStreaming.Contracts.Groups;
using OrleansStreaming.Kafka.Dispatch;
using OrleansStreaming.Kafka.Groups;
using OrleansStreaming.Kafka.Protocol.Messages;
using OrleansStreaming.Records.Errors;

namespace OrleansStreaming.Kafka.Handlers;

/// <summary>ListGroups: the groups that this broker coordinates, and no others, since clients ask every broker.</summary>
internal sealed class ListGroupsHandler(GroupCoordinators coordinators) : ApiHandler<ListGroupsRequest>(ApiKey.ListGroups, new ApiVersionRange(0, 5))
{
    private const string Classic = "classic";

    protected override async ValueTask<IResponseMessage?> HandleAsync(RequestContext context, ListGroupsRequest request)
    {
        context.ReleaseInput();
        var response = new ListGroupsResponse();
        if (request.TypesFilter.Count > 0 && !request.TypesFilter.Contains(Classic, StringComparer.OrdinalIgnoreCase))
        {
            return response;
        }

        var (error, groups) = await coordinators.ListAsync().ConfigureAwait(false);
        response.ErrorCode = (short)error;
        response.Groups.AddRange(groups.Where(group => IsWanted(group, request)).Select(group => new ListGroupsResponse.ListedGroup
        {
            GroupId = group.GroupId,
            ProtocolType = group.ProtocolType,
            GroupState = group.State.ToString(),
            GroupType = Classic,
        }));
        return response;
    }

    private static bool IsWanted(GroupSummary group, ListGroupsRequest request) =>
        group is { Error: ErrorCode.None, State: not GroupState.Dead }
        && (request.StatesFilter.Count == 0 || request.StatesFilter.Contains(group.State.ToString(), StringComparer.OrdinalIgnoreCase));
}
