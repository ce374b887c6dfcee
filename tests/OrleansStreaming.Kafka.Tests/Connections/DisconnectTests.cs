using OrleansStreaming.Kafka.Protocol.Messages;
using OrleansStreaming.Kafka.Tests.Fakes;
using OrleansStreaming.Kafka.Tests.Wire;
using OrleansStreaming.Records.Errors;

namespace OrleansStreaming.Kafka.Tests.Connections;

/// <summary>
/// A client that goes leaves nothing behind: no waiter, no open record source. The end of each <see cref="TestBroker"/> counts.
/// </summary>
public sealed class DisconnectTests
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Parked_fetches_that_have_found_something(bool isAbrupt)
    {
        const int Clients = 20;
        await using var broker = await TestBroker.StartAsync();
        var replica = broker.Replicas["t", 0];
        replica.Store(Batches.Of("too little"));
        List<KafkaClient> clients = [];
        for (var count = 0; count < Clients; count++)
        {
            var client = await broker.ConnectAsync();
            clients.Add(client);
            await client.SendAsync(Requests.Fetch(minBytes: 1_000_000), 12);
            await client.SendAsync(Requests.Fetch(minBytes: 1_000_000), 12);
            await replica.Parked.WaitAsync();
            await replica.Parked.WaitAsync();
        }

        foreach (var client in clients)
        {
            if (isAbrupt)
            {
                client.Abort();
            }
            else
            {
                client.Dispose();
            }
        }

        for (var count = 0; count < 2 * Clients; count++)
        {
            await replica.Left.WaitAsync();
        }

        Assert.Equal(0, replica.Waiters);
        await broker.Replicas.Records.AllReleasedOnceAsync();
        Assert.True(broker.Replicas.Records.Opened >= 2 * Clients);
    }

    [Fact]
    public async Task Answers_that_wait_behind_a_commit()
    {
        await using var broker = await TestBroker.StartAsync();
        broker.Replicas["t", 1].Store(Batches.Of("ready"));
        var replica = broker.Replicas["t", 0];
        var commit = new TaskCompletionSource<ErrorCode>();
        replica.CommitsAtOnce = false;
        replica.OnAwaitCommitted = (_, _) => commit.Task;
        var client = await broker.ConnectAsync();

        await client.SendAsync(Requests.Produce(Batches.Of("a")), 9);
        await client.SendAsync(Requests.Fetch(partition: 1), 12);
        await client.SendAsync(Requests.Fetch(partition: 2), 12);
        await broker.Replicas["t", 2].Parked.WaitAsync();
        client.Abort();

        await broker.Replicas["t", 2].Left.WaitAsync();
        await broker.Replicas.Records.AllReleasedOnceAsync();
        Assert.Equal(1, broker.Replicas.Records.Opened);
        commit.SetResult(ErrorCode.None);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task An_answer_that_is_half_sent(bool isSentFromFile)
    {
        await using var broker = await TestBroker.StartAsync();
        broker.Replicas.Records.AreInFiles = isSentFromFile;
        broker.Replicas["t", 0].Store(Batches.Large(30 * 1024 * 1024));
        var client = await broker.ConnectAsync();

        await client.SendAsync(Requests.Fetch(), 12);
        await client.SendAsync(Requests.Fetch(), 12);
        await client.SendAsync(Requests.Fetch(partition: 1), 12);
        await broker.Replicas["t", 1].Parked.WaitAsync();
        client.Abort();

        await broker.Replicas["t", 1].Left.WaitAsync();
        await broker.Replicas.Records.AllReleasedOnceAsync();
        Assert.Equal(2, broker.Replicas.Records.Opened);
    }

    [Fact]
    public async Task Records_sent_with_acks_0_before_the_end_are_appended()
    {
        const int Sent = 50;
        await using var broker = await TestBroker.StartAsync();
        var replica = broker.Replicas["t", 0];
        var gone = new TaskCompletionSource();
        broker.OnConnection = (connection, serve) =>
        {
            connection.ConnectionClosed.Register(() => gone.TrySetResult());
            return serve();
        };
        var appended = new Signal();
        replica.OnAppend = async request =>
        {
            // The first append ends when the connection is known to be closed: all others are still in the receive buffer.
            await gone.Task;
            var result = replica.Write(request);
            appended.Raise();
            return result;
        };
        var client = await broker.ConnectAsync();
        for (var count = 0; count < Sent; count++)
        {
            await client.SendUnansweredAsync(Requests.Produce(Batches.Of($"{count}"), acks: 0), 9);
        }

        client.Dispose();

        for (var count = 0; count < Sent; count++)
        {
            await appended.WaitAsync();
        }

        Assert.Equal(Sent, replica.Batches.Count);
    }

    [Fact]
    public async Task A_client_that_only_ends_sending_gets_its_answers()
    {
        await using var broker = await TestBroker.StartAsync();
        var replica = broker.Replicas["t", 0];
        replica.CommitsAtOnce = false;
        var asked = new Signal();
        var commit = new TaskCompletionSource<ErrorCode>();
        replica.OnAwaitCommitted = (_, _) =>
        {
            asked.Raise();
            return commit.Task;
        };
        var client = await broker.ConnectAsync();

        await client.SendAsync(Requests.Produce(Batches.Of("a")), 9);
        client.FinishSending();
        await asked.WaitAsync();
        commit.SetResult(ErrorCode.None);

        Assert.Equal(0, Requests.Single(await client.ReceiveAsync<ProduceResponse>()).BaseOffset);
        await client.ReceiveEndAsync();
    }

    [Fact]
    public async Task Half_a_frame_is_nobodys_fault()
    {
        await using var broker = await TestBroker.StartAsync();
        var client = await broker.ConnectAsync();

        await client.SendBytesAsync(client.Next(Requests.Metadata("t"), 12).AsMemory(0, 9));
        client.FinishSending();

        await client.ReceiveEndAsync();
        Assert.Empty(broker.Log.Shown);
    }
}
