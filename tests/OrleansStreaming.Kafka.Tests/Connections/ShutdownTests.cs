using OrleansStreaming.Kafka.Protocol.Messages;
using OrleansStreaming.Kafka.Tests.Fakes;
using OrleansStreaming.Kafka.Tests.Wire;
using OrleansStreaming.Records.Errors;

namespace OrleansStreaming.Kafka.Tests.Connections;

/// <summary>The broker's orderly end: it does not wait for clients that have nothing to wait for, nor forget those that have.</summary>
public sealed class ShutdownTests
{
    [Fact]
    public async Task Idle_connections_are_closed_at_once()
    {
        await using var broker = await TestBroker.StartAsync();
        var quiet = await broker.ConnectAsync();
        var client = await broker.ConnectAsync();
        await client.AskAsync<ApiVersionsResponse>(Requests.ApiVersions(), 4);

        await broker.StopAsync();

        await client.ReceiveEndAsync();
        await quiet.ReceiveEndAsync();
        Assert.Empty(broker.Log.Shown);
    }

    [Fact]
    public async Task Parked_fetches_are_answered_with_what_there_is()
    {
        await using var broker = await TestBroker.StartAsync();
        broker.Replicas["t", 0].Store(Batches.Of("little"));
        var client = await broker.ConnectAsync();
        await client.SendAsync(Requests.Fetch(minBytes: 1_000_000), 12);
        await broker.Replicas["t", 0].Parked.WaitAsync();

        await broker.StopAsync();

        var fetched = Requests.Single(await client.ReceiveAsync<FetchResponse>());
        Assert.Equal(Batches.Of("little"), Batches.Unstamped(Batches.Bytes(fetched.Records)));
        await client.ReceiveEndAsync();
    }

    [Fact]
    public async Task A_batch_that_was_taken_gets_its_answer()
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
        await asked.WaitAsync();

        var stopping = broker.StopAsync();
        commit.SetResult(ErrorCode.None);

        Assert.Equal(0, Requests.Single(await client.ReceiveAsync<ProduceResponse>()).BaseOffset);
        await stopping;
    }
}
