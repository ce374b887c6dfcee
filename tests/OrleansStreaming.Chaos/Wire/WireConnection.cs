using System.Buffers.Binary;
using System.Net.Sockets;
using OrleansStreaming.Kafka.Protocol;
using OrleansStreaming.Kafka.Protocol.Messages;

namespace OrleansStreaming.Chaos.Wire;

/// <summary>One connection that speaks the protocol itself, for what no stock client here can say. One question at a time.</summary>
internal sealed class WireConnection : IDisposable
{
    private readonly Socket _socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
    private readonly byte[] _prefix = new byte[Framing.PrefixSize];
    private int _lastCorrelationId;

    private WireConnection()
    {
    }

    public static async Task<WireConnection> ConnectAsync(string host, int port, CancellationToken cancellation)
    {
        var connection = new WireConnection();
        try
        {
            await connection._socket.ConnectAsync(host, port, cancellation);
            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    /// <summary>Connects to the group's coordinator, by asking brokers at "host:port" in turn.</summary>
    /// <returns>null: nobody knows one now, or it cannot be reached.</returns>
    public static async Task<WireConnection?> ToCoordinatorAsync(IEnumerable<string> brokers, string group, CancellationToken cancellation)
    {
        foreach (var broker in brokers)
        {
            try
            {
                var place = broker.Split(':');
                using var any = await ConnectAsync(place[0], int.Parse(place[1]), cancellation);
                var found = await any.AskAsync<FindCoordinatorResponse>(new FindCoordinatorRequest { Key = group }, 3, cancellation);
                if (found.ErrorCode == 0)
                {
                    return await ConnectAsync(found.Host, found.Port, cancellation);
                }
            }
            catch (Exception failure) when (failure is SocketException or IOException)
            {
                // The next one may answer.
            }
        }

        return null;
    }

    /// <exception cref="IOException">The connection broke.</exception>
    public async Task<T> AskAsync<T>(IRequestMessage request, short version, CancellationToken cancellation)
        where T : IResponseMessage
    {
        using var writer = new ProtocolWriter();
        var id = ++_lastCorrelationId;
        new RequestHeader(request.ApiKey, version, id, "chaos").Write(writer);
        request.Write(writer, version);
        var body = writer.ToArray();
        var frame = new byte[Framing.PrefixSize + body.Length];
        BinaryPrimitives.WriteInt32BigEndian(frame, body.Length);
        body.CopyTo(frame, Framing.PrefixSize);
        try
        {
            await _socket.SendAsync(frame, cancellation);
            await FillAsync(_prefix, cancellation);
            var answer = new byte[BinaryPrimitives.ReadInt32BigEndian(_prefix)];
            await FillAsync(answer, cancellation);
            return Read<T>(answer, request.ApiKey, version, id);
        }
        catch (SocketException broken)
        {
            throw new IOException(broken.Message, broken);
        }
    }

    public void Dispose() => _socket.Dispose();

    private static T Read<T>(byte[] answer, ApiKey key, short version, int id)
        where T : IResponseMessage
    {
        var reader = new ProtocolReader(answer);
        var header = ResponseHeader.Read(ref reader, key, version);
        return header.CorrelationId == id
            ? (T)ApiCatalog.ReadResponse(key, version, ref reader)
            : throw new IOException($"Answer {header.CorrelationId} instead of {id}.");
    }

    private async Task FillAsync(Memory<byte> buffer, CancellationToken cancellation)
    {
        while (buffer.Length > 0)
        {
            var count = await _socket.ReceiveAsync(buffer, cancellation);
            buffer = count > 0 ? buffer[count..] : throw new EndOfStreamException("The broker closed the connection.");
        }
    }
}
