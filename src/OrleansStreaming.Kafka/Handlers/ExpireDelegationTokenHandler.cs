using OrleansStreaming.Kafka.Dispatch;
using OrleansStreaming.Kafka.Protocol.Messages;
using OrleansStreaming.Records.Errors;

namespace OrleansStreaming.Kafka.Handlers;

/// <summary>ExpireDelegationToken: DELEGATION_TOKEN_REQUEST_NOT_ALLOWED, as on a plaintext listener of Kafka (KIP-48).</summary>
internal sealed class ExpireDelegationTokenHandler()
    : ApiHandler<ExpireDelegationTokenRequest>(ApiKey.ExpireDelegationToken, new ApiVersionRange(1, 2))
{
    protected override ValueTask<IResponseMessage?> HandleAsync(RequestContext context, ExpireDelegationTokenRequest request) =>
        ValueTask.FromResult<IResponseMessage?>(new ExpireDelegationTokenResponse { ErrorCode = (short)ErrorCode.DelegationTokenRequestNotAllowed });
}
