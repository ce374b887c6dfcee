using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using OrleansStreaming.Kafka.Diagnostics;
using OrleansStreaming.Kafka.Dispatch;
using OrleansStreaming.Kafka.Settings;

namespace OrleansStreaming.Kafka.Connections;

/// <summary>Kestrel's way into the endpoint: runs a <see cref="KafkaConnection"/> for each accepted connection.</summary>
internal sealed class KafkaConnectionHandler(
    ApiRegistry apis,
    IOptions<KafkaEndpointOptions> options,
    EndpointMetrics metrics,
    TimeProvider time,
    ILogger<KafkaConnectionHandler> logger) : ConnectionHandler
{
    public override async Task OnConnectedAsync(ConnectionContext connection)
    {
        metrics.ConnectionOpened();
        try
        {
            await new KafkaConnection(connection, apis, options.Value, metrics, time, logger).RunAsync().ConfigureAwait(false);
        }
        finally
        {
            metrics.ConnectionClosed();
        }
    }
}
