using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using OrleansStreaming.Kafka.Protocol;
using OrleansStreaming.Kafka.Protocol.Messages;

namespace OrleansStreaming.Cli.Tests.Support;

/// <summary>A listener on the loopback that answers Kafka requests as a test says. Null is no answer.</summary>
internal sealed class ScriptedBroker : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _closing = new();
    private readonly Func<RequestHeader, (IResponseMessage Response, short Version)?> _answer;
    private readonly Task _serving;

    public ScriptedBroker(Func<RequestHeader, (IResponseMessage Response, short Version)?> answer)
    {
        _answer = answer;
        _listener.Start();
        _serving = ServeAsync();
    }

    public string Bootstrap => _listener.LocalEndpoint.ToString()!;

    public async ValueTask DisposeAsync()
    {
        await _closing.CancelAsync();
        await _serving;
        _listener.Stop();
    }

    private async Task ServeAsync()
    {
        try
        {
            while (true)
            {
                using var client = await _listener.AcceptTcpClientAsync(_closing.Token);
                await AnswerAsync(client.GetStream());
            }
        }
        catch (Exception end) when (end is OperationCanceledException or SocketException or ObjectDisposedException)
        {
        }
    }

    private async Task AnswerAsync(NetworkStream stream)
    {
        var prefix = new byte[4];
        while (await stream.ReadAtLeastAsync(prefix, 4, throwOnEndOfStream: false, _closing.Token) == 4)
        {
            var frame = new byte[BinaryPrimitives.ReadInt32BigEndian(prefix)];
            await stream.ReadExactlyAsync(frame, _closing.Token);
            var reader = new ProtocolReader(frame);
            var header = RequestHeader.Read(ref reader);
            if (_answer(header) is not { } answer)
            {
                continue;
            }

            using var writer = new ProtocolWriter();
            writer.WriteInt32(0);
            new ResponseHeader(header.CorrelationId).Write(writer, header.ApiKey, answer.Version);
            answer.Response.Write(writer, answer.Version);
            var bytes = writer.ToArray();
            BinaryPrimitives.WriteInt32BigEndian(bytes, bytes.Length - 4);
            await stream.WriteAsync(bytes, _closing.Token);
        }
    }
}
