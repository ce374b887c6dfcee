using OrleansStreaming.Kafka.Dispatch;
using OrleansStreaming.Kafka.Protocol.Messages;
using OrleansStreaming.Records.Errors;

namespace OrleansStreaming.Kafka.Handlers;

/// <summary>RenewDelegationToken: DELEGATION_TOKEN_REQUEST_NOT_ALLOWED, as on a plaintext listener of Kafka (KIP-48).</summary>
internal sealed class RenewDelegationTokenHandler()
    : ApiHandler<RenewDelegationTokenRequest>(ApiKey.RenewDelegationToken, new ApiVersionRange(1, 2))
{
    protected override ValueTask<IResponseMessage?> HandleAsync(RequestContext context, RenewDelegationTokenRequest request) =>
        ValueTask.FromResult<IResponseMessage?>(new RenewDelegationTokenResponse { ErrorCode = (short)ErrorCode.DelegationTokenRequestNotAllowed });
}
