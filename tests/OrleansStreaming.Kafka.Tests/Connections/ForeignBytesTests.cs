using System.Buffers.Binary;
using System.Text;
using Microsoft.Extensions.Logging;
using OrleansStreaming.Kafka.Protocol.Messages;
using OrleansStreaming.Kafka.Tests.Wire;

namespace OrleansStreaming.Kafka.Tests.Connections;

/// <summary>What is not a Kafka request costs its own connection and one log line, and nothing else.</summary>
public sealed class ForeignBytesTests
{
    public static TheoryData<string, byte[], string> Openings() => new()
    {
        { "HTTP GET", Encoding.ASCII.GetBytes("GET / HTTP/1.1\r\nHost: broker\r\n\r\n"), "HTTP" },
        { "HTTP POST", Encoding.ASCII.GetBytes("POST /topics HTTP/1.1\r\n\r\n"), "HTTP" },
        { "TLS", [0x16, 0x03, 0x01, 0x02, 0x00, 0x01, 0x00, 0x01, 0xfc, 0x03, 0x03], "TLS" },
        { "text", Encoding.ASCII.GetBytes("SSH-2.0-OpenSSH_9.2\r\n"), "not a Kafka request" },
        { "negative size", [0xff, 0xff, 0xff, 0xff, 0, 18, 0, 0], "not a Kafka request" },
        { "the smallest number", [0x80, 0, 0, 0], "not a Kafka request" },
        { "huge size", [0x7f, 0xff, 0xff, 0xff, 0, 18, 0, 0], "not a Kafka request" },
        { "a byte above the limit", Sized(104_857_601), "not a Kafka request" },
        { "empty frame", [0, 0, 0, 0], "malformed" },
        { "frame without a whole header", [0, 0, 0, 5, 0, 18, 0, 0, 0], "malformed" },
        { "unknown API", KafkaClient.Framed([0x7f, 0x00, 0, 0, 0, 0, 0, 1, 0xff, 0xff]), "not served" },
        { "negative API", KafkaClient.Framed([0xff, 0xff, 0, 0, 0, 0, 0, 1, 0xff, 0xff]), "not served" },
        { "version too high", KafkaClient.Framed([0, 1, 0, 99, 0, 0, 0, 1, 0xff, 0xff, 0]), "not served" },
        { "client id past the end", KafkaClient.Framed([0, 3, 0, 1, 0, 0, 0, 1, 0x7f, 0xff, 65]), "malformed" },
        { "body missing", KafkaClient.Framed([0, 3, 0, 4, 0, 0, 0, 1, 0xff, 0xff]), "malformed" },
        { "a billion topics", KafkaClient.Framed([0, 3, 0, 4, 0, 0, 0, 1, 0xff, 0xff, 0x3b, 0x9a, 0xca, 0x00]), "malformed" },
        { "garbage body", KafkaClient.Framed([0, 0, 0, 9, 0, 0, 0, 1, 0xff, 0xff, 0, .. Garbage(200)]), "malformed" },
    };

    [Theory]
    [MemberData(nameof(Openings))]
    public async Task They_close_the_connection_with_one_line(string what, byte[] bytes, string reason)
    {
        await using var broker = await TestBroker.StartAsync();
        var other = await broker.ConnectAsync();
        await other.SendAsync(Requests.Fetch(), 12);
        await broker.Replicas["t", 0].Parked.WaitAsync();
        var stranger = await broker.ConnectAsync();

        await stranger.SendBytesAsync(bytes);

        await stranger.ReceiveEndAsync();
        var line = Assert.Single(broker.Log.Shown);
        Assert.Equal(LogLevel.Warning, line.Level);
        Assert.True(line.Message.Contains(reason, StringComparison.Ordinal), $"{what}: {line.Message}");
        Assert.Contains("127.0.0.1", line.Message);
        broker.Replicas["t", 0].Store(Batches.Of("unharmed"));
        Assert.NotEmpty(Batches.Bytes(Requests.Single(await other.ReceiveAsync<FetchResponse>()).Records));
    }

    [Fact]
    public async Task Requests_before_them_are_answered()
    {
        await using var broker = await TestBroker.StartAsync();
        var client = await broker.ConnectAsync();

        await client.SendAsync(Requests.Metadata("t"), 12);
        await client.ReceiveAsync<MetadataResponse>();
        await client.SendBytesAsync("GET "u8.ToArray());

        await client.ReceiveEndAsync();
    }

    [Fact]
    public async Task Mutated_requests_never_take_the_broker_with_them()
    {
        const int Seed = 20261121;
        const int Attempts = 300;
        var random = new Random(Seed);
        await using var broker = await TestBroker.StartAsync();
        byte[][] frames =
        [
            KafkaClient.Frame(Requests.Produce(Batches.Of("a", "b")), 9, 1),
            KafkaClient.Frame(Requests.Fetch(maxWaitMs: 0), 12, 1),
            KafkaClient.Frame(Requests.Metadata("t", "u"), 12, 1),
            KafkaClient.Frame(Requests.ApiVersions(), 4, 1),
        ];

        for (var attempt = 0; attempt < Attempts; attempt++)
        {
            var frame = frames[random.Next(frames.Length)].ToArray();
            for (var change = 0; change <= random.Next(4); change++)
            {
                frame[random.Next(4, frame.Length)] = (byte)random.Next(256);
            }

            using var client = await KafkaClient.ConnectAsync(broker.Address);
            await client.SendBytesAsync(frame);
            client.FinishSending();
            while (await client.ReceiveBodyAsync() is not null)
            {
                // Answered or cut off: both are fine.
            }
        }

        var intact = await broker.ConnectAsync();
        Assert.Equal((short)0, (await intact.AskAsync<ApiVersionsResponse>(Requests.ApiVersions(), 4)).ErrorCode);
        var failures = broker.Log.Shown.Where(line => line.Level >= LogLevel.Error).ToArray();
        Assert.True(failures.Length == 0, $"Seed {Seed}: {failures.FirstOrDefault()?.Message}");
    }

    private static byte[] Sized(int size)
    {
        var prefix = new byte[4];
        BinaryPrimitives.WriteInt32BigEndian(prefix, size);
        return prefix;
    }

    private static byte[] Garbage(int count)
    {
        var bytes = new byte[count];
        new Random(7).NextBytes(bytes);
        return bytes;
    }
}
