using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using OrleansStreaming.Kafka.Protocol;
using OrleansStreaming.Kafka.Protocol.Messages;

namespace OrleansStreaming.Groups.Tests.Support;

/// <summary>One connection; answers come in the order of the requests.</summary>
internal sealed class WireClient : IDisposable
{
    /// <summary>Only ends a test that would hang.</summary>
    private static readonly TimeSpan _limit = TimeSpan.FromSeconds(60);

    private readonly Socket _socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
    private int _lastCorrelationId;

    public static async Task<WireClient> ConnectAsync(IPEndPoint broker)
    {
        var client = new WireClient();
        await client._socket.ConnectAsync(broker);
        return client;
    }

    /// <summary>Sends now; awaiting the result reads the answer.</summary>
    public async Task<Func<Task<T>>> SendAsync<T>(IRequestMessage request, short version)
        where T : IResponseMessage
    {
        using var writer = new ProtocolWriter();
        var id = ++_lastCorrelationId;
        new RequestHeader(request.ApiKey, version, id, "tests").Write(writer);
        request.Write(writer, version);
        var body = writer.ToArray();
        var frame = new byte[4 + body.Length];
        BinaryPrimitives.WriteInt32BigEndian(frame, body.Length);
        body.CopyTo(frame, 4);
        await _socket.SendAsync(frame);
        return () => ReceiveAsync<T>(request.ApiKey, version, id);
    }

    public async Task<T> AskAsync<T>(IRequestMessage request, short version)
        where T : IResponseMessage => await (await SendAsync<T>(request, version))();

    public void Dispose() => _socket.Dispose();

    private async Task<T> ReceiveAsync<T>(ApiKey key, short version, int id)
        where T : IResponseMessage
    {
        var prefix = new byte[4];
        await FillAsync(prefix);
        var body = new byte[BinaryPrimitives.ReadInt32BigEndian(prefix)];
        await FillAsync(body);
        var reader = new ProtocolReader(body);
        Assert.Equal(id, ResponseHeader.Read(ref reader, key, version).CorrelationId);
        var response = ApiCatalog.ReadResponse(key, version, ref reader);
        Assert.Equal(0, reader.Remaining);
        return Assert.IsType<T>(response);
    }

    private async Task FillAsync(Memory<byte> buffer)
    {
        using var limit = new CancellationTokenSource(_limit);
        while (buffer.Length > 0)
        {
            var count = await _socket.ReceiveAsync(buffer, limit.Token);
            buffer = count > 0 ? buffer[count..] : throw new EndOfStreamException("The broker closed the connection.");
        }
    }
}
