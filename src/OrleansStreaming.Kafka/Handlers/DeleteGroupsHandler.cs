using OrleansStreaming.Kafka.Dispatch;
using OrleansStreaming.Kafka.Groups;
using OrleansStreaming.Kafka.Protocol.Messages;
using OrleansStreaming.Records.Errors;

namespace OrleansStreaming.Kafka.Handlers;

/// <summary>DeleteGroups: each group on its own; only those without members.</summary>
internal sealed class DeleteGroupsHandler(GroupCoordinators coordinators) : ApiHandler<DeleteGroupsRequest>(ApiKey.DeleteGroups, new ApiVersionRange(0, 2))
{
    protected override async ValueTask<IResponseMessage?> HandleAsync(RequestContext context, DeleteGroupsRequest request)
    {
        var response = new DeleteGroupsResponse();
        response.Results.AddRange(await Task.WhenAll(request.GroupsNames.Distinct(StringComparer.Ordinal).Select(async id => new DeleteGroupsResponse.DeletableGroupResult
        {
            GroupId = id,
            ErrorCode = (short)await coordinators.AskAsync(context, id, static group => group.Delete(), static error => error).ConfigureAwait(false),
        })).ConfigureAwait(false));
        return response;
    }
}
