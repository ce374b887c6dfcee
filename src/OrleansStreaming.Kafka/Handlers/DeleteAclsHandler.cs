using OrleansStreaming.Kafka.Admin;
using OrleansStreaming.Kafka.Dispatch;
using OrleansStreaming.Kafka.Protocol.Messages;
using OrleansStreaming.Records.Errors;

namespace OrleansStreaming.Kafka.Handlers;

/// <summary>DeleteAcls: SECURITY_DISABLED for each filter, as from Kafka without an authorizer (KIP-140).</summary>
internal sealed class DeleteAclsHandler()
    : ApiHandler<DeleteAclsRequest>(ApiKey.DeleteAcls, new ApiVersionRange(1, 3))
{
    protected override ValueTask<IResponseMessage?> HandleAsync(RequestContext context, DeleteAclsRequest request) =>
        ValueTask.FromResult<IResponseMessage?>(new DeleteAclsResponse
        {
            FilterResults = request.Filters.ConvertAll(_ => new DeleteAclsResponse.DeleteAclsFilterResult
            {
                ErrorCode = (short)ErrorCode.SecurityDisabled,
                ErrorMessage = AuthorizedOperations.NoAuthorizer,
            }),
        });
}
