using OrleansStreaming.Contracts.Replication;
using OrleansStreaming.Kafka.Protocol.Messages;
using OrleansStreaming.Kafka.Tests.Fakes;
using OrleansStreaming.Kafka.Tests.Wire;
using OrleansStreaming.Records.Errors;

namespace OrleansStreaming.Kafka.Tests.Connections;

/// <summary>Requests that wait keep neither the reader nor other requests, and answers leave in the order of the requests.</summary>
public sealed class PipeliningTests
{
    [Fact]
    public async Task Requests_behind_a_parked_fetch_are_handled_and_answered_after_it()
    {
        await using var broker = await TestBroker.StartAsync();
        var client = await broker.ConnectAsync();

        await client.SendAsync(Requests.Fetch(), 12);
        await broker.Replicas["t", 0].Parked.WaitAsync();
        await client.SendAsync(Requests.Metadata("t"), 12);
        await client.SendAsync(Requests.Produce(Batches.Of("wakes"), acks: 1), 9);

        // The produce on the same connection is what wakes the fetch: it was handled, and the metadata request before it.
        var fetched = Requests.Single(await client.ReceiveAsync<FetchResponse>());
        Assert.Equal(Batches.Of("wakes"), Batches.Unstamped(Batches.Bytes(fetched.Records)));
        Assert.Equal("t", Assert.Single((await client.ReceiveAsync<MetadataResponse>()).Topics).Name);
        Assert.Equal(0, Requests.Single(await client.ReceiveAsync<ProduceResponse>()).BaseOffset);
    }

    [Fact]
    public async Task Answers_that_are_ready_early_keep_their_turn()
    {
        await using var broker = await TestBroker.StartAsync();
        var first = HoldCommit(broker.Replicas["t", 0]);
        var second = HoldCommit(broker.Replicas["t", 1]);
        var client = await broker.ConnectAsync();

        await client.SendAsync(Requests.Produce(Batches.Of("a"), 0), 9);
        await client.SendAsync(Requests.Produce(Batches.Of("b"), 1), 9);
        await client.SendAsync(Requests.Metadata(), 12);
        await first.Asked.WaitAsync();
        await second.Asked.WaitAsync();
        second.Commit.SetResult(ErrorCode.None);
        first.Commit.SetResult(ErrorCode.NotEnoughReplicasAfterAppend);

        Assert.Equal((short)ErrorCode.NotEnoughReplicasAfterAppend, Requests.Single(await client.ReceiveAsync<ProduceResponse>()).ErrorCode);
        Assert.Equal((short)ErrorCode.None, Requests.Single(await client.ReceiveAsync<ProduceResponse>()).ErrorCode);
        await client.ReceiveAsync<MetadataResponse>();
    }

    [Fact]
    public async Task An_answer_goes_out_while_a_later_request_is_parked()
    {
        await using var broker = await TestBroker.StartAsync();
        var client = await broker.ConnectAsync();

        // Both frames in one write: the answer to the first must not wait for the second to be ready.
        var metadata = client.Next(Requests.Metadata("t"), 12);
        var fetch = client.Next(Requests.Fetch(), 12);
        await client.SendBytesAsync(new byte[][] { metadata, fetch }.SelectMany(bytes => bytes).ToArray());

        await client.ReceiveAsync<MetadataResponse>();
        await broker.Replicas["t", 0].Parked.WaitAsync();
        broker.Replicas["t", 0].Store(Batches.Of("late"));
        Assert.NotEmpty(Batches.Bytes(Requests.Single(await client.ReceiveAsync<FetchResponse>()).Records));
    }

    [Fact]
    public async Task Appends_of_one_connection_run_in_the_order_of_its_requests()
    {
        await using var broker = await TestBroker.StartAsync();
        var client = await broker.ConnectAsync();
        string[] values = [.. Enumerable.Range(0, 100).Select(number => $"value {number}")];

        foreach (var value in values)
        {
            await client.SendAsync(Requests.Produce(Batches.Of(value), acks: (short)(value.Length % 2 == 0 ? 1 : -1)), 9);
        }

        for (var offset = 0; offset < values.Length; offset++)
        {
            Assert.Equal(offset, Requests.Single(await client.ReceiveAsync<ProduceResponse>()).BaseOffset);
        }

        Assert.Equal(values.Select(value => Batches.Of(value)), broker.Replicas["t", 0].Batches.Select(Batches.Unstamped));
    }

    [Fact]
    public async Task No_more_requests_are_taken_than_may_wait()
    {
        const int Limit = 4;
        await using var broker = await TestBroker.StartAsync(options => options.MaxRequestsInFlight = Limit);
        var client = await broker.ConnectAsync();
        var produced = new Signal();
        var started = 0;
        broker.Replicas["t", 1].OnAppend = request =>
        {
            Interlocked.Increment(ref started);
            produced.Raise();
            return Task.FromResult(broker.Replicas["t", 1].Write(request));
        };

        await client.SendAsync(Requests.Fetch(), 12);
        await broker.Replicas["t", 0].Parked.WaitAsync();
        const int Sent = 20;
        for (var count = 0; count < Sent; count++)
        {
            await client.SendAsync(Requests.Produce(Batches.Of("x"), 1, acks: 1), 9);
        }

        // One waits in the writer's hands, the limit in the queue, one more is in front of the full queue.
        for (var count = 0; count < Limit; count++)
        {
            await produced.WaitAsync();
        }

        Assert.InRange(Volatile.Read(ref started), Limit, Limit + 1);
        broker.Replicas["t", 0].Store(Batches.Of("go on"));
        await client.ReceiveAsync<FetchResponse>();
        for (var count = 0; count < Sent; count++)
        {
            Assert.Equal(count, Requests.Single(await client.ReceiveAsync<ProduceResponse>()).BaseOffset);
        }
    }

    [Fact]
    public async Task Many_connections_are_served_side_by_side()
    {
        const int Connections = 64;
        const int Rounds = 10;
        await using var broker = await TestBroker.StartAsync();
        broker.Cluster.AddTopic("many", Connections);

        await Parallel.ForAsync(0, Connections, new ParallelOptions { MaxDegreeOfParallelism = Connections }, async (number, _) =>
        {
            var client = await broker.ConnectAsync();
            for (var round = 0; round < Rounds; round++)
            {
                var batch = Batches.Of($"{number}/{round}");
                var produced = Requests.Single(await client.AskAsync<ProduceResponse>(Requests.Produce(batch, number, topic: "many"), 9));
                Assert.Equal(round, produced.BaseOffset);
                var fetched = Requests.Single(await client.AskAsync<FetchResponse>(Requests.Fetch(round, number, topic: "many"), 12));
                Assert.Equal(batch, Batches.Unstamped(Batches.Bytes(fetched.Records)));
            }
        });
    }

    private static (Signal Asked, TaskCompletionSource<ErrorCode> Commit) HoldCommit(FakeReplica replica)
    {
        var asked = new Signal();
        var commit = new TaskCompletionSource<ErrorCode>(TaskCreationOptions.RunContinuationsAsynchronously);
        replica.CommitsAtOnce = false;
        replica.OnAwaitCommitted = (_, _) =>
        {
            asked.Raise();
            return commit.Task;
        };
        return (asked, commit);
    }
}
