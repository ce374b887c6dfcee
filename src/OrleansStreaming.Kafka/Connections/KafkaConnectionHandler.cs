using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;
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
    private int _isPoolChecked;

    public override async Task OnConnectedAsync(ConnectionContext connection)
    {
        metrics.ConnectionOpened();
        if (Interlocked.Exchange(ref _isPoolChecked, 1) == 0 && connection.Features.Get<IMemoryPoolFeature>()is { MemoryPool: not BlockMemoryPool })
        {
            logger.SmallReceiveBuffers();
        }

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
