using OrleansStreaming.Contracts.Replication;
using OrleansStreaming.Kafka.Connections;
using OrleansStreaming.Kafka.Protocol.Messages;
using OrleansStreaming.Kafka.Tests.Fakes;
using OrleansStreaming.Kafka.Tests.Wire;
using OrleansStreaming.Records.Errors;

namespace OrleansStreaming.Kafka.Tests.Producing;

/// <summary>
/// The bytes of a batch belong to its append until that has ended: nothing else may be received into them, whatever happens to
/// the call or to the client (CVE-2026-35554).
/// </summary>
public sealed class LentBuffersTests
{
    [Fact]
    public async Task An_append_that_timed_out_in_the_queue_never_runs()
    {
        await using var broker = await TestBroker.StartAsync();
        AppendRequest? queued = null;
        broker.Replicas["t", 0].OnAppend = request =>
        {
            queued = request;
            return Task.FromException<AppendResult>(new TimeoutException("Still queued."));
        };
        var client = await broker.ConnectAsync();

        var answer = await client.AskAsync<ProduceResponse>(Requests.Produce(Batches.Of("a")), 9);

        Assert.Equal((short)ErrorCode.RequestTimedOut, Requests.Single(answer).ErrorCode);
        Assert.False(queued!.TryTake());
        Assert.Contains("t-0", Assert.Single(broker.Log.Shown).Message);
    }

    [Fact]
    public async Task An_append_that_failed_oddly_is_an_error_of_the_server()
    {
        await using var broker = await TestBroker.StartAsync();
        broker.Replicas["t", 0].OnAppend = _ => Task.FromException<AppendResult>(new InvalidOperationException("Oddly."));
        var client = await broker.ConnectAsync();

        var answer = await client.AskAsync<ProduceResponse>(Requests.Produce(Batches.Of("a")), 9);

        Assert.Equal((short)ErrorCode.UnknownServerError, Requests.Single(answer).ErrorCode);
    }

    [Fact]
    public async Task A_call_that_times_out_while_it_runs_keeps_the_bytes()
    {
        await using var broker = await TestBroker.StartAsync();
        var taken = Take(broker.Replicas["t", 0], Task.FromException<AppendResult>(new TimeoutException("Slow.")));
        var hasEnded = false;
        var early = false;
        broker.Replicas["t", 1].OnAppend = request =>
        {
            early = !Volatile.Read(ref hasEnded);
            return Task.FromResult(broker.Replicas["t", 1].Write(request));
        };
        var batch = Batches.Large(BlockMemoryPool.BlockSize / 2, seed: 3);
        var client = await broker.ConnectAsync();

        await client.SendAsync(Requests.Produce(batch), 9);
        await client.SendAsync(Requests.Produce(Batches.Large(BlockMemoryPool.BlockSize, seed: 4), 1), 9);
        var held = await taken.WaitAsync(Signal.Limit);
        await FillBuffersAsync(broker);
        Assert.True(batch.AsSpan().SequenceEqual(BytesOf(held)));
        Volatile.Write(ref hasEnded, true);
        held.End();

        Assert.Equal((short)ErrorCode.RequestTimedOut, Requests.Single(await client.ReceiveAsync<ProduceResponse>()).ErrorCode);
        Assert.Equal((short)ErrorCode.None, Requests.Single(await client.ReceiveAsync<ProduceResponse>()).ErrorCode);
        Assert.False(early);
    }

    [Fact]
    public async Task A_client_that_goes_while_its_append_runs_leaves_the_bytes_behind()
    {
        await using var broker = await TestBroker.StartAsync();
        var gone = new TaskCompletionSource();
        var served = new TaskCompletionSource();
        broker.OnConnection = async (connection, serve) =>
        {
            broker.OnConnection = (_, next) => next();
            using var closing = connection.ConnectionClosed.Register(() => gone.SetResult());
            await serve();
            served.SetResult();
        };
        var batch = Batches.Large(BlockMemoryPool.BlockSize / 2, seed: 3);
        var client = await broker.ConnectAsync();
        AppendRequest? held = null;
        var appended = new TaskCompletionSource<AppendResult>();
        var running = new TaskCompletionSource();
        broker.Replicas["t", 0].OnAppend = request =>
        {
            // The connection is lost before the endpoint has even got the task of the append.
            Assert.True(request.TryTake());
            held = request;
            client.Abort();
            Assert.True(gone.Task.Wait(Signal.Limit));
            running.SetResult();
            return appended.Task;
        };

        await client.SendAsync(Requests.Produce(batch), 9);
        await running.Task.WaitAsync(Signal.Limit);
        await FillBuffersAsync(broker);

        Assert.True(batch.AsSpan().SequenceEqual(BytesOf(held!)));
        Assert.False(served.Task.IsCompleted);
        held!.End();
        appended.SetResult(new AppendResult { IsCommitted = true });
        await served.Task.WaitAsync(Signal.Limit);
    }

    [Fact]
    public async Task A_grain_call_that_throws_keeps_the_bytes_of_the_other_partitions()
    {
        await using var broker = await TestBroker.StartAsync();
        var answer = new TaskCompletionSource<AppendResult>();
        var taken = Take(broker.Replicas["t", 0], answer.Task);
        broker.Replicas["t", 1].OnAppend = _ => throw new InvalidOperationException("The call itself fails.");
        var batch = Batches.Large(BlockMemoryPool.BlockSize / 2, seed: 3);
        var request = Requests.Produce(batch, acks: 1);
        Requests.AddBatch(request, Batches.Of("b"), 1);
        var client = await broker.ConnectAsync();

        await client.SendAsync(request, 9);
        var held = await taken.WaitAsync(Signal.Limit);
        await FillBuffersAsync(broker);
        Assert.True(batch.AsSpan().SequenceEqual(BytesOf(held)));
        held.End();
        answer.SetResult(new AppendResult { IsCommitted = true });

        var partitions = (await client.ReceiveAsync<ProduceResponse>()).Responses.SelectMany(topic => topic.PartitionResponses);
        Assert.Equal([ErrorCode.None, ErrorCode.UnknownServerError], partitions.Select(partition => (ErrorCode)partition.ErrorCode));
    }

    private static Task<AppendRequest> Take(FakeReplica replica, Task<AppendResult> answer)
    {
        var taken = new TaskCompletionSource<AppendRequest>();
        replica.OnAppend = request =>
        {
            Assert.True(request.TryTake());
            taken.SetResult(request);
            return answer;
        };
        return taken.Task;
    }

    private static byte[] BytesOf(AppendRequest request) => [.. request.Pieces.SelectMany(piece => piece.ToArray())];

    /// <summary>Receives other bytes into every buffer that is free.</summary>
    private static async Task FillBuffersAsync(TestBroker broker)
    {
        for (var count = 0; count < 4; count++)
        {
            using var other = await KafkaClient.ConnectAsync(broker.Address);
            await other.AskAsync<ProduceResponse>(Requests.Produce(Batches.Large(4 * BlockMemoryPool.BlockSize, seed: 9), 2), 9);
        }
    }
}
