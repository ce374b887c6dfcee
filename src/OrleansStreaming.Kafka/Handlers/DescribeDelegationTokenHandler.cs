using OrleansStreaming.Kafka.Dispatch;
using OrleansStreaming.Kafka.Protocol.Messages;
using OrleansStreaming.Records.Errors;

namespace OrleansStreaming.Kafka.Handlers;

/// <summary>DescribeDelegationToken: DELEGATION_TOKEN_REQUEST_NOT_ALLOWED, as on a plaintext listener of Kafka (KIP-48).</summary>
internal sealed class DescribeDelegationTokenHandler()
    : ApiHandler<DescribeDelegationTokenRequest>(ApiKey.DescribeDelegationToken, new ApiVersionRange(1, 3))
{
    protected override ValueTask<IResponseMessage?> HandleAsync(RequestContext context, DescribeDelegationTokenRequest request) =>
        ValueTask.FromResult<IResponseMessage?>(new DescribeDelegationTokenResponse { ErrorCode = (short)ErrorCode.DelegationTokenRequestNotAllowed });
}
