using OrleansStreaming.Kafka.Admin;
using OrleansStreaming.Kafka.Dispatch;
using OrleansStreaming.Kafka.Protocol.Messages;
using OrleansStreaming.Records.Errors;

namespace OrleansStreaming.Kafka.Handlers;

/// <summary>CreateAcls: SECURITY_DISABLED for each of them, as from Kafka without an authorizer (KIP-140).</summary>
internal sealed class CreateAclsHandler()
    : ApiHandler<CreateAclsRequest>(ApiKey.CreateAcls, new ApiVersionRange(1, 3))
{
    protected override ValueTask<IResponseMessage?> HandleAsync(RequestContext context, CreateAclsRequest request) =>
        ValueTask.FromResult<IResponseMessage?>(new CreateAclsResponse
        {
            Results = request.Creations.ConvertAll(_ => new CreateAclsResponse.AclCreationResult
            {
                ErrorCode = (short)ErrorCode.SecurityDisabled,
                ErrorMessage = AuthorizedOperations.NoAuthorizer,
            }),
        });
}
