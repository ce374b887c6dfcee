using Microsoft.Extensions.Logging;
using OrleansStreaming.Kafka.Diagnostics;
using OrleansStreaming.Kafka.Dispatch;
using OrleansStreaming.Kafka.Producers;
using OrleansStreaming.Kafka.Protocol.Messages;
using OrleansStreaming.Records.Errors;

namespace OrleansStreaming.Kafka.Handlers;

/// <summary>
/// InitProducerId for idempotent producers: a new id with epoch 0 each time, since without a transactional id nothing fences
/// the old one (KIP-98); a producer that bumps its epoch itself (KIP-360) gets a new id too. Transactional ids have no
/// coordinator here yet, and are refused for good.
/// </summary>
internal sealed class InitProducerIdHandler(ProducerIds ids, ILogger<InitProducerIdHandler> logger)
    : ApiHandler<InitProducerIdRequest>(ApiKey.InitProducerId, new ApiVersionRange(0, 5))
{
    protected override async ValueTask<IResponseMessage?> HandleAsync(RequestContext context, InitProducerIdRequest request)
    {
        if (request.TransactionalId is { } transactionalId)
        {
            var error = transactionalId.Length == 0 ? ErrorCode.InvalidRequest : ErrorCode.UnsupportedVersion;
            return Refuse(error);
        }

        try
        {
            var id = await ids.NextAsync(context.Closed).ConfigureAwait(false);
            return new InitProducerIdResponse { ProducerId = id.Value, ProducerEpoch = 0 };
        }
        catch (Exception failure) when (failure is not OperationCanceledException)
        {
            // The one error that every client takes as "ask again" when it has no transactional id.
            logger.RequestFailed(ApiKey.InitProducerId, "a new producer id", failure);
            return Refuse(ErrorCode.CoordinatorLoadInProgress);
        }
    }

    private static InitProducerIdResponse Refuse(ErrorCode error) => new() { ErrorCode = (short)error, ProducerId = -1, ProducerEpoch = -1 };
}
