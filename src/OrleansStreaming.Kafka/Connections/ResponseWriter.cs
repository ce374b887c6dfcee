using System.Buffers;
using System.Buffers.Binary;
using System.IO.Pipelines;
using System.Net.Sockets;
using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using OrleansStreaming.Kafka.Diagnostics;
using OrleansStreaming.Kafka.Dispatch;
using OrleansStreaming.Kafka.Protocol;
using OrleansStreaming.Kafka.Protocol.Messages;
using OrleansStreaming.Records.Sources;

namespace OrleansStreaming.Kafka.Connections;

/// <summary>
/// Sends a connection's answers in the order of its requests. Fetched records go from the segment file to the socket by themselves
/// where the output takes them so, else through the send buffer, a piece at a time: a large answer never lies in memory whole.
/// </summary>
internal sealed class ResponseWriter(PipeWriter output, IdleWatch idle, EndpointMetrics metrics, TimeProvider time, ILogger logger)
{
    /// <summary>Bytes that are gathered before they are flushed: they stay in a core's second-level cache between reading and sending.</summary>
    internal const int Piece = 128 * 1024;

    /// <summary>Fewer bytes are cheaper copied behind the head of the answer than sent by a call of their own.</summary>
    private const int WorthPassing = 32 * 1024;

    private readonly IFileSink? _files = output as IFileSink;

    private int _unflushed;

    /// <summary>Runs until the queue is complete and empty, or the connection is lost. Never throws.</summary>
    public async Task RunAsync(ChannelReader<PendingResponse> responses, ClientConnection client, CancellationToken closed)
    {
        using var buffer = new ProtocolWriter();
        try
        {
            while (await responses.WaitToReadAsync(closed).ConfigureAwait(false))
            {
                while (responses.TryRead(out var pending))
                {
                    if (!await SendAsync(pending, buffer, closed).ConfigureAwait(false))
                    {
                        await FlushAsync(closed).ConfigureAwait(false);
                        return;
                    }
                }

                await FlushAsync(closed).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException)
        {
            // The connection is being torn down.
        }
        catch (Exception failure) when (failure is IOException or SocketException or ObjectDisposedException)
        {
            logger.ClientGone(client.Id, client.Remote, failure.Message);
        }
        catch (Exception failure)
        {
            logger.ConnectionFailed(client.Id, client.Remote, failure);
        }
    }

    private async ValueTask<bool> SendAsync(PendingResponse pending, ProtocolWriter buffer, CancellationToken closed)
    {
        var context = pending.Context;
        try
        {
            if (!pending.Answer.IsCompleted)
            {
                // Whoever waits for an earlier answer must not wait for this one too.
                await FlushAsync(closed).ConfigureAwait(false);
            }

            var response = await pending.Answer.WaitAsync(closed).ConfigureAwait(false);
            if (response is not null)
            {
                Encode(context, response, buffer);
                await EmitAsync(buffer, closed).ConfigureAwait(false);
            }

            metrics.RequestDone(context.Header.ApiKey, time.GetElapsedTime(pending.StartedAt));
            return !context.CloseConnection;
        }
        finally
        {
            context.DisposeOwned();
            idle.Answered();
        }
    }

    private static void Encode(RequestContext context, IResponseMessage response, ProtocolWriter buffer)
    {
        buffer.Reset();
        new ResponseHeader(context.Header.CorrelationId).Write(buffer, context.Header.ApiKey, context.AnswerVersion);
        response.Write(buffer, context.AnswerVersion);
    }

    private async ValueTask EmitAsync(ProtocolWriter buffer, CancellationToken closed)
    {
        WriteSize(checked((int)buffer.TotalLength));
        var written = buffer.Written;
        var sent = 0;
        foreach (var (position, source) in buffer.Splices)
        {
            await EmitAsync(written[sent..position], closed).ConfigureAwait(false);
            sent = position;
            await EmitAsync(source, closed).ConfigureAwait(false);
        }

        await EmitAsync(written[sent..], closed).ConfigureAwait(false);
        metrics.BytesSent(buffer.TotalLength);
    }

    /// <summary>Also what lies between records can be long: thousands of partitions that have none.</summary>
    private ValueTask EmitAsync(ReadOnlyMemory<byte> written, CancellationToken closed)
    {
        output.Write(written.Span);
        _unflushed += written.Length;
        return _unflushed >= Piece ? FlushAsync(closed) : ValueTask.CompletedTask;
    }

    private async ValueTask EmitAsync(RecordSource source, CancellationToken closed)
    {
        for (var position = 0; position < source.Length;)
        {
            var left = source.Length - position;
            if (_files is { } files && left >= WorthPassing)
            {
                await FlushAsync(closed).ConfigureAwait(false);
                if (Pass(source, files, position, left) is > 0 and var passed)
                {
                    position += passed;
                    continue;
                }
            }

            // Also when the client takes no more now: sending the copy is what waits for it.
            var memory = output.GetMemory(1);
            var count = Math.Min(Math.Min(memory.Length, Piece - _unflushed), left);
            Copy(source, position, memory.Span[..count]);
            output.Advance(count);
            position += count;
            _unflushed += count;
            if (_unflushed >= Piece)
            {
                await FlushAsync(closed).ConfigureAwait(false);
            }
        }
    }

    private static int Pass(RecordSource source, IFileSink files, int position, int count)
    {
        try
        {
            return source.PassTo(files, position, count);
        }
        catch (IOException failure)
        {
            throw Torn(failure);
        }
    }

    private static void Copy(RecordSource source, int position, Span<byte> destination)
    {
        try
        {
            source.CopyTo(position, destination);
        }
        catch (IOException failure)
        {
            throw Torn(failure);
        }
    }

    // The size is already sent, so only the connection's end keeps the client from taking anything else for records.
    private static InvalidDataException Torn(IOException failure) => new("Records could not be read while they were sent.", failure);

    private void WriteSize(int size)
    {
        BinaryPrimitives.WriteInt32BigEndian(output.GetSpan(sizeof(int)), size);
        output.Advance(sizeof(int));
        _unflushed += sizeof(int);
    }

    private async ValueTask FlushAsync(CancellationToken closed)
    {
        if (_unflushed == 0)
        {
            return;
        }

        _unflushed = 0;
        var flushed = await output.FlushAsync(closed).ConfigureAwait(false);
        if (flushed.IsCompleted)
        {
            throw new IOException("The client has closed the connection.");
        }
    }
}
