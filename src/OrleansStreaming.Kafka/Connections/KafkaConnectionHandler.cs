using System.Globalization;
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
    BrokerSettings settings,
    EndpointMetrics metrics,
    TimeProvider time,
    ILogger<KafkaConnectionHandler> logger) : ConnectionHandler
{
    /// <summary>The longest that a timer takes.</summary>
    private const long MostIdleMs = int.MaxValue;

    private readonly TimeSpan _maxIdle = TimeSpan.FromMilliseconds(
        Math.Min(long.Parse(settings.Text("connections.max.idle.ms"), CultureInfo.InvariantCulture), MostIdleMs));

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
            await new KafkaConnection(connection, apis, options.Value, _maxIdle, metrics, time, logger).RunAsync().ConfigureAwait(false);
        }
        finally
        {
            metrics.ConnectionClosed();
        }
    }
}
