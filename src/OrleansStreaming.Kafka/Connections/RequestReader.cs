using System.Buffers;
using System.IO.Pipelines;
using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using OrleansStreaming.Kafka.Diagnostics;
using OrleansStreaming.Kafka.Dispatch;
using OrleansStreaming.Kafka.Protocol;
using OrleansStreaming.Kafka.Protocol.Messages;
using OrleansStreaming.Kafka.Settings;

namespace OrleansStreaming.Kafka.Connections;

/// <summary>
/// Cuts frames from the pipe, decodes them where they lie, and starts their handlers one after the other. A frame's bytes stay
/// in the pipe until its handler has ended or released them, so a produced batch is never copied on its way to the log.
/// </summary>
internal sealed class RequestReader(
    PipeReader input,
    ClientConnection client,
    ApiRegistry apis,
    KafkaEndpointOptions options,
    IdleWatch idle,
    EndpointMetrics metrics,
    TimeProvider time,
    ILogger logger)
{
    /// <summary>Runs until the client closes or the broker stops (true), or the client must be cut off (false). Never throws.</summary>
    public async Task<bool> RunAsync(ChannelWriter<PendingResponse> responses, ConnectionLifetime lifetime)
    {
        var orderly = false;
        try
        {
            orderly = await ReadFramesAsync(responses, lifetime).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            orderly = !lifetime.Severed.IsCancellationRequested;
        }
        catch (Exception failure) when (failure is IOException or ChannelClosedException)
        {
            logger.ClientGone(client.Id, client.Remote, failure.Message);
        }
        catch (ProtocolReadException malformed)
        {
            logger.MalformedRequest(client.Id, client.Remote, malformed.Message);
        }
        catch (Exception failure)
        {
            logger.ConnectionFailed(client.Id, client.Remote, failure);
        }
        finally
        {
            responses.TryComplete();
        }

        return orderly;
    }

    private async Task<bool> ReadFramesAsync(ChannelWriter<PendingResponse> responses, ConnectionLifetime lifetime)
    {
        while (true)
        {
            var read = await input.ReadAtLeastAsync(Framing.PrefixSize, lifetime.Stopping).ConfigureAwait(false);
            var status = Framing.Parse(read.Buffer, options.MaxRequestBytes, out var frame, out var size);
            if (status is FrameStatus.NeedMore)
            {
                if (read.IsCompleted)
                {
                    return read.Buffer.IsEmpty;
                }

                input.AdvanceTo(read.Buffer.Start);
                read = await input.ReadAtLeastAsync(Framing.PrefixSize + size, lifetime.Stopping).ConfigureAwait(false);
                status = Framing.Parse(read.Buffer, options.MaxRequestBytes, out frame, out size);
            }

            if (status is not FrameStatus.Frame)
            {
                if (status is not FrameStatus.NeedMore)
                {
                    logger.ForeignBytes(client.Id, client.Remote, Describe(status));
                }

                return false;
            }

            metrics.BytesReceived(Framing.PrefixSize + size);
            if (!await StartAsync(frame, responses, lifetime).ConfigureAwait(false))
            {
                return false;
            }

            input.AdvanceTo(frame.End);
        }
    }

    /// <summary>Starts the frame's handler and comes back when the frame's bytes are free again; false to cut the client off.</summary>
    private async ValueTask<bool> StartAsync(ReadOnlySequence<byte> frame, ChannelWriter<PendingResponse> responses, ConnectionLifetime lifetime)
    {
        if (!TryDecode(frame, lifetime.Closed, out var context, out var handler, out var request))
        {
            return false;
        }

        idle.Asked();
        var startedAt = time.GetTimestamp();
        var answer = HandleAsync(handler, context, request);
        try
        {
            await responses.WriteAsync(new PendingResponse(context, answer, startedAt), lifetime.Severed).ConfigureAwait(false);
        }
        catch
        {
            context.DisposeOwned();
            throw;
        }
        finally
        {
            // Whatever happens to the connection, the frame's buffers stay until the handler no longer uses them.
            if (!answer.IsCompleted && !context.InputReleased.IsCompleted)
            {
                await Task.WhenAny(answer, context.InputReleased).ConfigureAwait(false);
            }
        }

        return true;
    }

    private bool TryDecode(
        ReadOnlySequence<byte> frame, CancellationToken closed, out RequestContext context, out IApiHandler handler, out IRequestMessage request)
    {
        var reader = new ProtocolReader(frame);
        var header = RequestHeader.Read(ref reader);
        context = new RequestContext(client, apis, header, closed);
        handler = apis.Find(header.ApiKey)!;
        request = null!;
        if (handler is not null && handler.Versions.Serves(header.ApiVersion))
        {
            request = ApiCatalog.ReadRequest(header.ApiKey, header.ApiVersion, ref reader);
            return true;
        }

        if (header.ApiKey is ApiKey.ApiVersions && handler is not null)
        {
            // Whatever version is asked for, ApiVersions answers: with v0, error 35 and its own range (KIP-511).
            request = new ApiVersionsRequest();
            return true;
        }

        logger.UnsupportedRequest(client.Id, client.Remote, header.ApiKey, header.ApiVersion);
        return false;
    }

    private static string Describe(FrameStatus status) => status switch
    {
        FrameStatus.Http => "it speaks HTTP; this port speaks the Kafka protocol",
        FrameStatus.Tls => "it speaks TLS; this listener is plain text",
        _ => "its bytes are not a Kafka request, or one above socket.request.max.bytes",
    };

    private async Task<IResponseMessage?> HandleAsync(IApiHandler handler, RequestContext context, IRequestMessage request)
    {
        using var activity = EndpointMetrics.StartActivity(handler.Key);
        return await handler.HandleAsync(context, request).ConfigureAwait(false);
    }
}
