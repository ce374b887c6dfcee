using System.Net.Sockets;
using System.Text;
using OrleansStreaming.Interop.Tests.Brokers;

namespace OrleansStreaming.Interop.Tests.Endpoint;

/// <summary>Bytes that are not Kafka's cost their own connection and nothing else.</summary>
[Collection(SharedBroker.Name)]
public sealed class GarbageTests(SharedBroker shared)
{
    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(60);

    /// <summary>ApiVersions v0, correlation id 7, client id "t".</summary>
    private static readonly byte[] _apiVersions = [0, 0, 0, 11, 0, 18, 0, 0, 0, 0, 0, 7, 0, 1, (byte)'t'];

    public static TheoryData<string, byte[]> Strangers => new()
    {
        { "http", Encoding.ASCII.GetBytes("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n") },
        { "tls", [0x16, 0x03, 0x01, 0x02, 0x00, 0x01, 0x00, 0x01, 0xfc, 0x03, 0x03, .. new byte[64]] },
        { "ssh", Encoding.ASCII.GetBytes("SSH-2.0-OpenSSH_9.2\r\n") },
        { "negative length", [0xff, 0xff, 0xff, 0xff, 0, 18, 0, 0] },
        { "length of 2 GiB", [0x7f, 0xff, 0xff, 0xff, 0, 18, 0, 0] },
        { "empty frame", [0, 0, 0, 0] },
        { "unknown api", [0, 0, 0, 10, 0x7f, 0xff, 0, 0, 0, 0, 0, 1, 0xff, 0xff] },
        { "truncated metadata", [0, 0, 0, 14, 0, 3, 0, 1, 0, 0, 0, 1, 0xff, 0xff, 0x7f, 0xff, 0xff, 0xff] },
        { "noise", Noise(4096) },
    };

    [Theory]
    [MemberData(nameof(Strangers))]
    public async Task CostOnlyTheirOwnConnection(string what, byte[] bytes)
    {
        using var neighbour = await ConnectAsync();
        await AssertServedAsync(neighbour);
        using var stranger = await ConnectAsync();

        await stranger.GetStream().WriteAsync(bytes);

        Assert.True(await IsClosedAsync(stranger), $"{what}: the connection stayed open.");
        await AssertServedAsync(neighbour);
        using var newcomer = await ConnectAsync();
        await AssertServedAsync(newcomer);
    }

    [Fact]
    public async Task AConnectionCutWithinAFrameHarmsNobody()
    {
        using (var cut = await ConnectAsync())
        {
            await cut.GetStream().WriteAsync(_apiVersions.AsMemory(0, 9));
        }

        using var newcomer = await ConnectAsync();
        await AssertServedAsync(newcomer);
    }

    [Fact]
    public async Task AFrameThatComesByteByByteIsServed()
    {
        using var slow = await ConnectAsync();
        slow.NoDelay = true;
        foreach (var piece in _apiVersions)
        {
            await slow.GetStream().WriteAsync(new[] { piece });
        }

        await AssertAnswerAsync(slow);
    }

    [Fact]
    public async Task PipelinedRequestsAreAnsweredInOrder()
    {
        using var client = await ConnectAsync();
        var requests = new List<byte>();
        for (byte id = 1; id <= 100; id++)
        {
            byte[] request = [.. _apiVersions];
            request[11] = id;
            requests.AddRange(request);
        }

        await client.GetStream().WriteAsync(requests.ToArray());

        for (byte id = 1; id <= 100; id++)
        {
            Assert.Equal(id, await ReadCorrelationAsync(client));
        }
    }

    private static byte[] Noise(int length)
    {
        var bytes = new byte[length];
        new Random(20_26).NextBytes(bytes);
        return bytes;
    }

    private async Task<TcpClient> ConnectAsync()
    {
        var client = new TcpClient();
        await client.ConnectAsync(shared.Broker.Kafka);
        return client;
    }

    private static async Task AssertServedAsync(TcpClient client)
    {
        await client.GetStream().WriteAsync(_apiVersions);
        await AssertAnswerAsync(client);
    }

    private static async Task AssertAnswerAsync(TcpClient client) => Assert.Equal(7, await ReadCorrelationAsync(client));

    private static async Task<int> ReadCorrelationAsync(TcpClient client)
    {
        using var timeout = new CancellationTokenSource(_patience);
        var stream = client.GetStream();
        var length = new byte[4];
        await stream.ReadExactlyAsync(length, timeout.Token);
        var frame = new byte[System.Buffers.Binary.BinaryPrimitives.ReadInt32BigEndian(length)];
        await stream.ReadExactlyAsync(frame, timeout.Token);
        return System.Buffers.Binary.BinaryPrimitives.ReadInt32BigEndian(frame);
    }

    private static async Task<bool> IsClosedAsync(TcpClient client)
    {
        using var timeout = new CancellationTokenSource(_patience);
        try
        {
            var buffer = new byte[1024];
            while (await client.GetStream().ReadAsync(buffer, timeout.Token) > 0)
            {
            }

            return true;
        }
        catch (IOException)
        {
            return true; // reset is a close too
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }
}
