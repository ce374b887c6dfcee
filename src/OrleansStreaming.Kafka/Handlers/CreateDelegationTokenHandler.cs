using OrleansStreaming.Kafka.Dispatch;
using OrleansStreaming.Kafka.Protocol.Messages;
using OrleansStreaming.Records.Errors;

namespace OrleansStreaming.Kafka.Handlers;

/// <summary>CreateDelegationToken: DELEGATION_TOKEN_REQUEST_NOT_ALLOWED, as on a plaintext listener of Kafka (KIP-48).</summary>
internal sealed class CreateDelegationTokenHandler()
    : ApiHandler<CreateDelegationTokenRequest>(ApiKey.CreateDelegationToken, new ApiVersionRange(1, 3))
{
    protected override ValueTask<IResponseMessage?> HandleAsync(RequestContext context, CreateDelegationTokenRequest request) =>
        ValueTask.FromResult<IResponseMessage?>(new CreateDelegationTokenResponse { ErrorCode = (short)ErrorCode.DelegationTokenRequestNotAllowed });
}
