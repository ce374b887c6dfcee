using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using OrleansStreaming.Kafka.Protocol;
using OrleansStreaming.Kafka.Protocol.Messages;
using OrleansStreaming.Kafka.Tests.Fakes;

namespace OrleansStreaming.Kafka.Tests.Wire;

/// <summary>
/// One connection that sends what it is told and reads what comes, frame by frame. It insists that answers come in the order
/// of the requests and are decoded to their last byte.
/// </summary>
internal sealed class KafkaClient : IDisposable
{
    private readonly Socket _socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
    private readonly Queue<(int CorrelationId, ApiKey Key, short Version)> _expected = new();
    private int _lastCorrelationId = 100;

    public static async Task<KafkaClient> ConnectAsync(IPEndPoint broker)
    {
        var client = new KafkaClient();
        await client._socket.ConnectAsync(broker);
        return client;
    }

    /// <summary>A request as a frame, with its size.</summary>
    public static byte[] Frame(IRequestMessage request, short version, int correlationId)
    {
        using var writer = new ProtocolWriter();
        new RequestHeader(request.ApiKey, version, correlationId, "tests").Write(writer);
        request.Write(writer, version);
        return Framed(writer.ToArray());
    }

    public static byte[] Framed(byte[] body)
    {
        var frame = new byte[Framing.PrefixSize + body.Length];
        BinaryPrimitives.WriteInt32BigEndian(frame, body.Length);
        body.CopyTo(frame, Framing.PrefixSize);
        return frame;
    }

    /// <summary>The frame of a request whose answer will be expected.</summary>
    public byte[] Next(IRequestMessage request, short version)
    {
        _expected.Enqueue((++_lastCorrelationId, request.ApiKey, version));
        return Frame(request, version, _lastCorrelationId);
    }

    /// <summary>Sends a request whose answer is read later, by <see cref="ReceiveAsync"/>.</summary>
    public Task SendAsync(IRequestMessage request, short version) => SendBytesAsync(Next(request, version));

    /// <summary>Sends a request that has no answer.</summary>
    public Task SendUnansweredAsync(IRequestMessage request, short version) => SendBytesAsync(Frame(request, version, ++_lastCorrelationId));

    /// <summary>Sends a request and reads its answer, in the version of the request or, when given, in another.</summary>
    public async Task<T> AskAsync<T>(IRequestMessage request, short version)
        where T : IResponseMessage
    {
        await SendAsync(request, version);
        return await ReceiveAsync<T>();
    }

    public async Task<T> ReceiveAsync<T>()
        where T : IResponseMessage => Assert.IsType<T>(await ReceiveAsync());

    public async Task<IResponseMessage> ReceiveAsync()
    {
        var (correlationId, key, version) = _expected.Dequeue();
        return Decode(await ReceiveBodyAsync() ?? throw new EndOfStreamException("The broker closed the connection."), correlationId, key, version);
    }

    /// <summary>Reads the answer in a version that is not the request's.</summary>
    public async Task<T> ReceiveAsync<T>(short answerVersion)
        where T : IResponseMessage
    {
        var (correlationId, key, _) = _expected.Dequeue();
        var body = await ReceiveBodyAsync() ?? throw new EndOfStreamException("The broker closed the connection.");
        return Assert.IsType<T>(Decode(body, correlationId, key, answerVersion));
    }

    /// <summary>The next frame without its size; null when the broker has closed the connection.</summary>
    public async Task<byte[]?> ReceiveBodyAsync()
    {
        using var limit = new CancellationTokenSource(Signal.Limit);
        var prefix = new byte[Framing.PrefixSize];
        if (!await FillAsync(prefix, limit.Token))
        {
            return null;
        }

        var body = new byte[BinaryPrimitives.ReadInt32BigEndian(prefix)];
        return await FillAsync(body, limit.Token) ? body : null;
    }

    /// <summary>Passes when the broker closes the connection without another byte.</summary>
    public async Task ReceiveEndAsync() => Assert.Null(await ReceiveBodyAsync());

    public async Task SendBytesAsync(ReadOnlyMemory<byte> bytes)
    {
        using var limit = new CancellationTokenSource(Signal.Limit);
        while (bytes.Length > 0)
        {
            bytes = bytes[await _socket.SendAsync(bytes, limit.Token)..];
        }
    }

    /// <summary>Ends sending; the socket still receives.</summary>
    public void FinishSending() => _socket.Shutdown(SocketShutdown.Send);

    /// <summary>Drops the connection at once, as a killed process does.</summary>
    public void Abort()
    {
        _socket.LingerState = new LingerOption(true, 0);
        _socket.Dispose();
    }

    public void Dispose() => _socket.Dispose();

    private static IResponseMessage Decode(byte[] body, int correlationId, ApiKey key, short version)
    {
        var reader = new ProtocolReader(body);
        var header = ResponseHeader.Read(ref reader, key, version);
        Assert.Equal(correlationId, header.CorrelationId);
        var response = ApiCatalog.ReadResponse(key, version, ref reader);
        Assert.Equal(0, reader.Remaining);
        return response;
    }

    private async Task<bool> FillAsync(Memory<byte> buffer, CancellationToken limit)
    {
        try
        {
            while (buffer.Length > 0)
            {
                var count = await _socket.ReceiveAsync(buffer, limit);
                if (count == 0)
                {
                    return false;
                }

                buffer = buffer[count..];
            }

            return true;
        }
        catch (SocketException failure) when (failure.SocketErrorCode is SocketError.ConnectionReset)
        {
            return false;
        }
    }
}
