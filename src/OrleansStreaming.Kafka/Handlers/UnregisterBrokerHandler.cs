using OrleansStreaming.Contracts.Cluster;
using OrleansStreaming.Kafka.Admin;
using OrleansStreaming.Kafka.Dispatch;
using OrleansStreaming.Kafka.Protocol.Messages;
using OrleansStreaming.Records.Ids;

namespace OrleansStreaming.Kafka.Handlers;

/// <summary>UnregisterBroker: forgets a broker that is gone for good (KIP-500).</summary>
internal sealed class UnregisterBrokerHandler(TopicAdministration topics)
    : ApiHandler<UnregisterBrokerRequest>(ApiKey.UnregisterBroker, new ApiVersionRange(0, 0))
{
    protected override async ValueTask<IResponseMessage?> HandleAsync(RequestContext context, UnregisterBrokerRequest request)
    {
        var command = new UnregisterBrokerCommand { Broker = new BrokerId(request.BrokerId) };
        var result = await topics.UnregisterBrokerAsync(command, context.Closed).ConfigureAwait(false);
        return new UnregisterBrokerResponse { ErrorCode = (short)result.Error, ErrorMessage = result.ErrorMessage };
    }
}
