using OrleansStreaming.Kafka.Dispatch;
using OrleansStreaming.Kafka.Protocol.Messages;
using OrleansStreaming.Records.Errors;

namespace OrleansStreaming.Kafka.Handlers;

/// <summary>SaslAuthenticate: ILLEGAL_SASL_STATE, as on a plaintext listener of Kafka; see <see cref="SaslHandshakeHandler"/>.</summary>
internal sealed class SaslAuthenticateHandler()
    : ApiHandler<SaslAuthenticateRequest>(ApiKey.SaslAuthenticate, new ApiVersionRange(0, 2))
{
    protected override ValueTask<IResponseMessage?> HandleAsync(RequestContext context, SaslAuthenticateRequest request) =>
        ValueTask.FromResult<IResponseMessage?>(new SaslAuthenticateResponse
        {
            ErrorCode = (short)ErrorCode.IllegalSaslState,
            ErrorMessage = "This listener is plaintext: nobody authenticates here.",
        });
}
