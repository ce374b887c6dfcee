using OrleansStreaming.Kafka.Admin;
using OrleansStreaming.Kafka.Dispatch;
using OrleansStreaming.Kafka.Protocol.Messages;
using OrleansStreaming.Records.Errors;

namespace OrleansStreaming.Kafka.Handlers;

/// <summary>DescribeAcls: SECURITY_DISABLED, as from Kafka without an authorizer (KIP-140).</summary>
internal sealed class DescribeAclsHandler()
    : ApiHandler<DescribeAclsRequest>(ApiKey.DescribeAcls, new ApiVersionRange(1, 3))
{
    protected override ValueTask<IResponseMessage?> HandleAsync(RequestContext context, DescribeAclsRequest request) =>
        ValueTask.FromResult<IResponseMessage?>(new DescribeAclsResponse
        {
            ErrorCode = (short)ErrorCode.SecurityDisabled,
            ErrorMessage = AuthorizedOperations.NoAuthorizer,
        });
}
