using Microsoft.AspNetCore.Connections.Features;
using OrleansStreaming.Kafka.Connections;
using OrleansStreaming.Kafka.Protocol.Messages;
using OrleansStreaming.Kafka.Tests.Wire;

namespace OrleansStreaming.Kafka.Tests.Connections;

/// <summary>Frames arrive whole, however the network cuts them and however large they are.</summary>
public sealed class FramingTests
{
    [Fact]
    public async Task Frames_in_pieces_of_one_byte()
    {
        await using var broker = await TestBroker.StartAsync();
        var client = await broker.ConnectAsync();
        byte[] frames =
        [
            .. client.Next(Requests.ApiVersions(), 4),
            .. client.Next(Requests.Produce(Batches.Of("piecemeal"), acks: 1), 9),
            .. client.Next(Requests.Fetch(), 12),
        ];

        foreach (var single in frames)
        {
            await client.SendBytesAsync(new[] { single });
        }

        await client.ReceiveAsync<ApiVersionsResponse>();
        await client.ReceiveAsync<ProduceResponse>();
        var fetched = Requests.Single(await client.ReceiveAsync<FetchResponse>());
        Assert.Equal(Batches.Of("piecemeal"), Batches.Unstamped(Batches.Bytes(fetched.Records)));
    }

    [Fact]
    public async Task Many_frames_in_one_piece()
    {
        await using var broker = await TestBroker.StartAsync();
        var client = await broker.ConnectAsync();
        var frames = new List<byte>();
        for (var count = 0; count < 500; count++)
        {
            frames.AddRange(client.Next(Requests.Produce(Batches.Of($"{count}"), acks: 1), 9));
        }

        await client.SendBytesAsync(frames.ToArray());

        for (var count = 0; count < 500; count++)
        {
            Assert.Equal(count, Requests.Single(await client.ReceiveAsync<ProduceResponse>()).BaseOffset);
        }
    }

    [Theory]
    [InlineData(BlockMemoryPool.BlockSize - 100)]
    [InlineData(BlockMemoryPool.BlockSize)]
    [InlineData((3 * BlockMemoryPool.BlockSize) + 1)]
    [InlineData(20 * 1024 * 1024)]
    public async Task Batches_larger_than_a_block_or_the_read_ahead_go_in_and_out_intact(int size)
    {
        await using var broker = await TestBroker.StartAsync();
        var client = await broker.ConnectAsync();
        var batch = Batches.Large(size);

        // A small request in front, so that the batch begins somewhere inside a block.
        await client.SendAsync(Requests.Metadata("t"), 12);
        await client.SendAsync(Requests.Produce(batch, acks: 1), 9);
        await client.SendAsync(Requests.Fetch(partitionMaxBytes: int.MaxValue), 12);

        await client.ReceiveAsync<MetadataResponse>();
        Assert.Equal(0, Requests.Single(await client.ReceiveAsync<ProduceResponse>()).BaseOffset);
        var fetched = Batches.Bytes(Requests.Single(await client.ReceiveAsync<FetchResponse>()).Records);
        Assert.True(batch.AsSpan().SequenceEqual(Batches.Unstamped(fetched)));
    }

    [Fact]
    public async Task A_request_above_the_configured_limit_closes()
    {
        await using var broker = await TestBroker.StartAsync(options => options.MaxRequestBytes = 1_000);
        var client = await broker.ConnectAsync();

        await client.AskAsync<ProduceResponse>(Requests.Produce(Batches.Large(500), acks: 1), 9);
        await client.SendAsync(Requests.Produce(Batches.Large(1_000), acks: 1), 9);

        await client.ReceiveEndAsync();
        Assert.Contains("socket.request.max.bytes", Assert.Single(broker.Log.Shown).Message);
    }

    [Fact]
    public async Task The_transport_uses_large_blocks()
    {
        await using var broker = await TestBroker.StartAsync();
        var used = new TaskCompletionSource<object?>();
        broker.OnConnection = (connection, serve) =>
        {
            used.TrySetResult(connection.Features.Get<IMemoryPoolFeature>()?.MemoryPool);
            return serve();
        };
        var client = await broker.ConnectAsync();
        await client.AskAsync<ApiVersionsResponse>(Requests.ApiVersions(), 0);

        Assert.IsType<BlockMemoryPool>(await used.Task);
    }
}
