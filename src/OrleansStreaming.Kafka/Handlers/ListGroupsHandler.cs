using OrleansStreaming.Contracts.Groups;
using OrleansStreaming.Kafka.Dispatch;
using OrleansStreaming.Kafka.Groups;
using OrleansStreaming.Kafka.Protocol.Messages;
using OrleansStreaming.Records.Errors;

namespace OrleansStreaming.Kafka.Handlers;

/// <summary>ListGroups: the groups that this broker coordinates, and no others, since clients ask every broker.</summary>
internal sealed class ListGroupsHandler(GroupCoordinators coordinators) : ApiHandler<ListGroupsRequest>(ApiKey.ListGroups, new ApiVersionRange(0, 5))
{
    protected override async ValueTask<IResponseMessage?> HandleAsync(RequestContext context, ListGroupsRequest request)
    {
        context.ReleaseInput();
        var response = new ListGroupsResponse();
        var (error, groups) = await coordinators.ListAsync().ConfigureAwait(false);
        response.ErrorCode = (short)error;
        response.Groups.AddRange(groups.Where(group => IsWanted(group, request)).Select(group => new ListGroupsResponse.ListedGroup
        {
            GroupId = group.GroupId,
            ProtocolType = group.ProtocolType,
            GroupState = group.State.ToString(),
            GroupType = NameOf(group.Type),
        }));
        return response;
    }

    private static bool IsWanted(GroupSummary group, ListGroupsRequest request) =>
        group is { Error: ErrorCode.None, State: not GroupState.Dead }
        && (request.TypesFilter.Count == 0 || request.TypesFilter.Contains(NameOf(group.Type), StringComparer.OrdinalIgnoreCase))
        && (request.StatesFilter.Count == 0 || request.StatesFilter.Contains(group.State.ToString(), StringComparer.OrdinalIgnoreCase));

    private static string NameOf(GroupType type) => type is GroupType.Consumer ? "consumer" : "classic";
}
