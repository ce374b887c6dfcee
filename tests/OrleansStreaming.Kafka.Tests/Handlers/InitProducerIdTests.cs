using System.Collections.Concurrent;
using OrleansStreaming.Kafka.Protocol.Messages;
using OrleansStreaming.Kafka.Tests.Fakes;
using OrleansStreaming.Records.Errors;

namespace OrleansStreaming.Kafka.Tests.Handlers;

public sealed class InitProducerIdTests
{
    [Fact]
    public async Task Every_producer_gets_an_id_of_its_own()
    {
        const int Connections = 8;
        const int Each = 5;
        await using var broker = await TestBroker.StartAsync();
        var ids = new ConcurrentBag<long>();

        await Parallel.ForAsync(0, Connections, new ParallelOptions { MaxDegreeOfParallelism = Connections }, async (_, _) =>
        {
            var client = await broker.ConnectAsync();
            for (var count = 0; count < Each; count++)
            {
                var answer = await client.AskAsync<InitProducerIdResponse>(new InitProducerIdRequest { TransactionalId = null }, 4);
                Assert.Equal((0, 0), (answer.ErrorCode, answer.ProducerEpoch));
                ids.Add(answer.ProducerId);
            }
        });

        Assert.Equal(Connections * Each, ids.Distinct().Count());
        Assert.Equal((Connections * Each + FakeCluster.BlockSize - 1) / FakeCluster.BlockSize, broker.Cluster.BlocksAllocated);
    }

    [Fact]
    public async Task A_producer_that_bumps_its_epoch_gets_a_new_id()
    {
        await using var broker = await TestBroker.StartAsync();
        var client = await broker.ConnectAsync();
        var first = await client.AskAsync<InitProducerIdResponse>(new InitProducerIdRequest { TransactionalId = null }, 3);

        var again = await client.AskAsync<InitProducerIdResponse>(new InitProducerIdRequest { TransactionalId = null, ProducerId = first.ProducerId, ProducerEpoch = 0 }, 3);

        Assert.NotEqual(first.ProducerId, again.ProducerId);
        Assert.Equal(0, again.ProducerEpoch);
    }

    [Theory]
    [InlineData("tx", ErrorCode.UnsupportedVersion)]
    [InlineData("", ErrorCode.InvalidRequest)]
    public async Task Transactional_ids_have_no_coordinator_yet(string transactionalId, ErrorCode expected)
    {
        await using var broker = await TestBroker.StartAsync();
        var client = await broker.ConnectAsync();

        var answer = await client.AskAsync<InitProducerIdResponse>(new InitProducerIdRequest { TransactionalId = transactionalId }, 4);

        Assert.Equal(((short)expected, -1L, (short)-1), (answer.ErrorCode, answer.ProducerId, answer.ProducerEpoch));
    }

    [Fact]
    public async Task Without_a_block_clients_ask_again()
    {
        await using var broker = await TestBroker.StartAsync();
        broker.Cluster.Failure = new TimeoutException("No answer.");
        var client = await broker.ConnectAsync();

        var refused = await client.AskAsync<InitProducerIdResponse>(new InitProducerIdRequest { TransactionalId = null }, 4);
        broker.Cluster.Failure = null;
        var given = await client.AskAsync<InitProducerIdResponse>(new InitProducerIdRequest { TransactionalId = null }, 4);

        Assert.Equal(((short)ErrorCode.CoordinatorLoadInProgress, -1), (refused.ErrorCode, refused.ProducerId));
        Assert.Equal(0, given.ErrorCode);
    }
}
