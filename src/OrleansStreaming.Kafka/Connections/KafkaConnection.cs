using System.IO.Pipelines;
using System.Threading.Channels;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.Extensions.Logging;
using OrleansStreaming.Kafka.Diagnostics;
using OrleansStreaming.Kafka.Dispatch;
using OrleansStreaming.Kafka.Settings;

namespace OrleansStreaming.Kafka.Connections;

/// <summary>
/// One client connection: a reader that decodes requests and starts their handlers, and a writer that sends the answers in the
/// order of the requests. The two run side by side, joined by a bounded queue; whichever ends takes the other with it.
/// </summary>
/// <param name="maxIdle">See <see cref="IdleWatch"/>.</param>
internal sealed class KafkaConnection(
    ConnectionContext transport,
    ApiRegistry apis,
    KafkaEndpointOptions options,
    TimeSpan maxIdle,
    EndpointMetrics metrics,
    TimeProvider time,
    ILogger logger)
{
    private readonly Channel<PendingResponse> _responses = Channel.CreateBounded<PendingResponse>(
        new BoundedChannelOptions(options.MaxRequestsInFlight) { SingleReader = true, SingleWriter = true });

    public async Task RunAsync()
    {
        using var lifetime = new ConnectionLifetime(transport);
        using var idle = new IdleWatch(maxIdle, time, lifetime.Expire);
        var client = new ClientConnection(transport.ConnectionId, transport.RemoteEndPoint);
        var output = Output();
        var reader = new RequestReader(transport.Transport.Input, client, apis, options, idle, metrics, time, logger);
        var writer = new ResponseWriter(output, idle, metrics, time, logger);
        var reading = reader.RunAsync(_responses.Writer, lifetime);
        var writing = writer.RunAsync(_responses.Reader, client, lifetime.Severed);
        try
        {
            // The reader ends first when the client is done or the broker stops: what was asked for is answered before the end.
            if (await Task.WhenAny(reading, writing).ConfigureAwait(false) == reading && await reading.ConfigureAwait(false))
            {
                await writing.ConfigureAwait(false);
            }
        }
        finally
        {
            await lifetime.SeverAsync().ConfigureAwait(false);
            await Task.WhenAll(reading, writing).ConfigureAwait(false);
            await output.CompleteAsync().ConfigureAwait(false);
            while (_responses.Reader.TryRead(out var unsent))
            {
                unsent.Context.DisposeOwned();
            }
        }
    }

    /// <summary>The socket itself where nothing stands between it and the client, else (TLS, test transports) the transport's pipe.</summary>
    private PipeWriter Output() =>
        transport.Features.Get<IConnectionSocketFeature>() is { } connection && transport.Features.Get<ITlsHandshakeFeature>() is null
            ? new SocketPipeWriter(connection.Socket)
            : transport.Transport.Output;
}
