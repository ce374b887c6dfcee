using System.Buffers;
using Microsoft.AspNetCore.Connections.Features;
using OrleansStreaming.Kafka.Connections;
using OrleansStreaming.Kafka.Protocol.Messages;
using OrleansStreaming.Kafka.Tests.Wire;

namespace OrleansStreaming.Kafka.Tests.Connections;

/// <summary>A block has one owner at a time, whatever owners do with it afterwards.</summary>
public sealed class BlockMemoryPoolTests
{
    [Fact]
    public void A_returned_block_is_used_again()
    {
        using var pool = new BlockMemoryPool();
        var first = pool.Rent();
        var memory = first.Memory;
        first.Dispose();

        Assert.True(memory.Equals(pool.Rent().Memory));
    }

    [Fact]
    public void Blocks_that_are_rented_are_different()
    {
        using var pool = new BlockMemoryPool();

        Assert.False(pool.Rent().Memory.Equals(pool.Rent().Memory));
    }

    [Fact]
    public void Returning_twice_gives_no_two_owners()
    {
        using var pool = new BlockMemoryPool();
        var owner = pool.Rent();
        owner.Dispose();
        owner.Dispose();

        Assert.False(pool.Rent().Memory.Equals(pool.Rent().Memory));
    }

    [Fact]
    public void A_late_second_return_does_not_take_the_block_from_its_next_owner()
    {
        using var pool = new BlockMemoryPool();
        var former = pool.Rent();
        former.Dispose();
        var owner = pool.Rent();
        former.Dispose();

        Assert.False(owner.Memory.Equals(pool.Rent().Memory));
    }

    [Fact]
    public void A_block_has_the_size_that_the_transport_is_told()
    {
        using var pool = new BlockMemoryPool();

        Assert.Equal(BlockMemoryPool.BlockSize, pool.MaxBufferSize);
        Assert.Equal(BlockMemoryPool.BlockSize, pool.Rent(1).Memory.Length);
        Assert.Equal(BlockMemoryPool.BlockSize, pool.Rent(BlockMemoryPool.BlockSize).Memory.Length);
        Assert.Throws<ArgumentOutOfRangeException>(() => pool.Rent(BlockMemoryPool.BlockSize + 1));
    }

    [Fact]
    public async Task Threads_never_share_a_block()
    {
        using var pool = new BlockMemoryPool();
        await Parallel.ForAsync(0, 8, (mark, _) =>
        {
            for (var round = 0; round < 2_000; round++)
            {
                using var owner = pool.Rent();
                owner.Memory.Span[..64].Fill((byte)mark);
                Assert.Equal(-1, owner.Memory.Span[..64].IndexOfAnyExcept((byte)mark));
            }

            return ValueTask.CompletedTask;
        });
    }

    [Fact]
    public async Task The_transport_receives_into_blocks()
    {
        await using var broker = await TestBroker.StartAsync();
        MemoryPool<byte>? pool = null;
        broker.OnConnection = (connection, serve) =>
        {
            pool = connection.Features.Get<IMemoryPoolFeature>()?.MemoryPool;
            return serve();
        };
        var client = await broker.ConnectAsync();

        await client.AskAsync<ApiVersionsResponse>(Requests.ApiVersions(), 3);

        Assert.IsType<BlockMemoryPool>(pool);
        Assert.Empty(broker.Log.Shown);
    }
}
