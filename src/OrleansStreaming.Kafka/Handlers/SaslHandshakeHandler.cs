using OrleansStreaming.Kafka.Dispatch;
using OrleansStreaming.Kafka.Protocol.Messages;
using OrleansStreaming.Records.Errors;

namespace OrleansStreaming.Kafka.Handlers;

/// <summary>
/// SaslHandshake: ILLEGAL_SASL_STATE, as on a plaintext listener of Kafka, so that a client that was told to authenticate says so
/// instead of finding the connection closed. Old librdkafka also takes it as a sign of broker features.
/// </summary>
internal sealed class SaslHandshakeHandler()
    : ApiHandler<SaslHandshakeRequest>(ApiKey.SaslHandshake, new ApiVersionRange(0, 1))
{
    protected override ValueTask<IResponseMessage?> HandleAsync(RequestContext context, SaslHandshakeRequest request) =>
        ValueTask.FromResult<IResponseMessage?>(new SaslHandshakeResponse { ErrorCode = (short)ErrorCode.IllegalSaslState });
}
