using OrleansStreaming.Contracts.Replication;
using OrleansStreaming.Kafka.Protocol.Messages;
using OrleansStreaming.Kafka.Tests.Fakes;
using OrleansStreaming.Kafka.Tests.Wire;
using OrleansStreaming.Records.Errors;

namespace OrleansStreaming.Kafka.Tests.Producing;

/// <summary>When a produce request is answered, and whether it is at all.</summary>
public sealed class AcksTests
{
    [Fact]
    public async Task With_0_nothing_is_answered_and_the_next_answer_still_comes()
    {
        await using var broker = await TestBroker.StartAsync();
        var client = await broker.ConnectAsync();

        await client.SendUnansweredAsync(Requests.Produce(Batches.Of("a"), acks: 0), 9);
        await client.SendUnansweredAsync(Requests.Produce(Batches.Of("b"), acks: 0), 3);
        var answer = await client.AskAsync<MetadataResponse>(Requests.Metadata("t"), 12);

        Assert.Equal("t", Assert.Single(answer.Topics).Name);
        Assert.Equal(2, broker.Replicas["t", 0].Batches.Count);
    }

    [Fact]
    public async Task With_0_a_failure_closes_the_connection()
    {
        await using var broker = await TestBroker.StartAsync();
        var client = await broker.ConnectAsync();
        var other = await broker.ConnectAsync();

        await client.SendUnansweredAsync(Requests.Produce(Batches.Of("a"), topic: "nowhere", acks: 0), 9);

        await client.ReceiveEndAsync();
        await other.AskAsync<MetadataResponse>(Requests.Metadata("t"), 12);
    }

    [Fact]
    public async Task With_0_answers_that_were_asked_for_before_a_failure_still_come()
    {
        await using var broker = await TestBroker.StartAsync();
        var client = await broker.ConnectAsync();

        await client.SendAsync(Requests.Metadata("t"), 12);
        await client.SendUnansweredAsync(Requests.Produce(Batches.Of("a"), topic: "nowhere", acks: 0), 9);

        await client.ReceiveAsync<MetadataResponse>();
        await client.ReceiveEndAsync();
    }

    [Fact]
    public async Task With_0_nobody_waits_for_the_commit()
    {
        await using var broker = await TestBroker.StartAsync();
        broker.Replicas["t", 0].CommitsAtOnce = false;
        broker.Replicas["t", 0].OnAwaitCommitted = (_, _) => throw new InvalidOperationException("It must not be asked for.");
        var client = await broker.ConnectAsync();

        await client.SendUnansweredAsync(Requests.Produce(Batches.Of("a"), acks: 0), 9);
        await client.AskAsync<ProduceResponse>(Requests.Produce(Batches.Of("a"), acks: 1), 9);

        Assert.Equal(2, broker.Replicas["t", 0].Batches.Count);
        Assert.Empty(broker.Log.Shown);
    }

    [Fact]
    public async Task With_all_the_answer_tells_what_became_of_the_commit()
    {
        await using var broker = await TestBroker.StartAsync();
        var replica = broker.Replicas["t", 0];
        var asked = new TaskCompletionSource<(long End, TimeSpan Timeout)>();
        var commit = new TaskCompletionSource<ErrorCode>();
        replica.CommitsAtOnce = false;
        replica.OnAwaitCommitted = (end, timeout) =>
        {
            asked.SetResult((end.Value, timeout));
            return commit.Task;
        };
        var client = await broker.ConnectAsync();

        await client.SendAsync(Requests.Produce(Batches.Of("a", "b"), timeoutMs: 1_234), 9);
        Assert.Equal((2, TimeSpan.FromMilliseconds(1_234)), await asked.Task.WaitAsync(Signal.Limit));
        commit.SetResult(ErrorCode.RequestTimedOut);

        var answer = Requests.Single(await client.ReceiveAsync<ProduceResponse>());
        Assert.Equal((short)ErrorCode.RequestTimedOut, answer.ErrorCode);
        Assert.Equal(-1, answer.BaseOffset);
    }

    [Fact]
    public async Task With_all_a_lost_wait_for_the_commit_is_a_timeout()
    {
        await using var broker = await TestBroker.StartAsync();
        broker.Replicas["t", 0].CommitsAtOnce = false;
        broker.Replicas["t", 0].OnAwaitCommitted = (_, _) => Task.FromException<ErrorCode>(new TimeoutException("No answer."));
        var client = await broker.ConnectAsync();

        var answer = await client.AskAsync<ProduceResponse>(Requests.Produce(Batches.Of("a")), 9);

        Assert.Equal((short)ErrorCode.RequestTimedOut, Requests.Single(answer).ErrorCode);
    }

    [Theory]
    [InlineData(ErrorCode.NotLeaderOrFollower, ErrorCode.NotEnoughReplicasAfterAppend)]
    [InlineData(ErrorCode.FencedLeaderEpoch, ErrorCode.NotEnoughReplicasAfterAppend)]
    [InlineData(ErrorCode.KafkaStorageError, ErrorCode.NotEnoughReplicasAfterAppend)]
    [InlineData(ErrorCode.NotEnoughReplicasAfterAppend, ErrorCode.NotEnoughReplicasAfterAppend)]
    [InlineData(ErrorCode.RequestTimedOut, ErrorCode.RequestTimedOut)]
    [InlineData(ErrorCode.None, ErrorCode.None)]
    public async Task With_all_a_batch_that_was_written_is_never_said_not_to_be(ErrorCode outcome, ErrorCode told)
    {
        await using var broker = await TestBroker.StartAsync();
        broker.Replicas["t", 0].CommitsAtOnce = false;
        broker.Replicas["t", 0].OnAwaitCommitted = (_, _) => Task.FromResult(outcome);
        var client = await broker.ConnectAsync();

        var answer = Requests.Single(await client.AskAsync<ProduceResponse>(Requests.Produce(Batches.Of("a")), 10));

        Assert.Equal(told, (ErrorCode)answer.ErrorCode);
        Assert.Equal(-1, answer.CurrentLeader.LeaderId);
    }

    [Fact]
    public async Task With_all_a_wait_that_fails_leaves_it_open()
    {
        await using var broker = await TestBroker.StartAsync();
        broker.Replicas["t", 0].CommitsAtOnce = false;
        broker.Replicas["t", 0].OnAwaitCommitted = (_, _) => Task.FromException<ErrorCode>(new InvalidOperationException("Unexpected."));
        var client = await broker.ConnectAsync();

        var answer = await client.AskAsync<ProduceResponse>(Requests.Produce(Batches.Of("a")), 9);

        Assert.Equal((short)ErrorCode.NotEnoughReplicasAfterAppend, Requests.Single(answer).ErrorCode);
    }

    [Fact]
    public async Task Too_few_replicas_before_the_append_are_told_as_such()
    {
        await using var broker = await TestBroker.StartAsync();
        broker.Replicas["t", 0].OnAppend = _ => Task.FromResult(new AppendResult { Error = ErrorCode.NotEnoughReplicas });
        var client = await broker.ConnectAsync();

        var answer = await client.AskAsync<ProduceResponse>(Requests.Produce(Batches.Of("a")), 9);

        Assert.Equal((short)ErrorCode.NotEnoughReplicas, Requests.Single(answer).ErrorCode);
    }

    [Fact]
    public async Task With_all_the_next_requests_are_read_while_the_commit_is_out()
    {
        await using var broker = await TestBroker.StartAsync();
        var replica = broker.Replicas["t", 0];
        replica.CommitsAtOnce = false;
        List<TaskCompletionSource<ErrorCode>> commits = [];
        var asked = new Signal();
        replica.OnAwaitCommitted = (_, _) =>
        {
            var commit = new TaskCompletionSource<ErrorCode>();
            commits.Add(commit);
            asked.Raise();
            return commit.Task;
        };
        var client = await broker.ConnectAsync();

        // Five in flight, as an idempotent producer has them; all are appended before the first is committed.
        for (var count = 0; count < 5; count++)
        {
            await client.SendAsync(Requests.Produce(Batches.Of($"{count}")), 9);
        }

        for (var count = 0; count < 5; count++)
        {
            await asked.WaitAsync();
        }

        Assert.Equal(5, replica.Batches.Count);
        commits.Reverse();
        commits.ForEach(commit => commit.SetResult(ErrorCode.None));
        for (var count = 0; count < 5; count++)
        {
            Assert.Equal(count, Requests.Single(await client.ReceiveAsync<ProduceResponse>()).BaseOffset);
        }
    }

    [Fact]
    public async Task With_1_the_commit_is_not_waited_for()
    {
        await using var broker = await TestBroker.StartAsync();
        broker.Replicas["t", 0].CommitsAtOnce = false;
        broker.Replicas["t", 0].OnAwaitCommitted = (_, _) => Task.FromResult(ErrorCode.NotEnoughReplicasAfterAppend);
        var client = await broker.ConnectAsync();

        var answer = await client.AskAsync<ProduceResponse>(Requests.Produce(Batches.Of("a"), acks: 1), 9);

        Assert.Equal((short)ErrorCode.None, Requests.Single(answer).ErrorCode);
    }

    [Theory]
    [InlineData(2)]
    [InlineData(-2)]
    public async Task Other_numbers_are_refused(short acks)
    {
        await using var broker = await TestBroker.StartAsync();
        var client = await broker.ConnectAsync();

        var answer = await client.AskAsync<ProduceResponse>(Requests.Produce(Batches.Of("a"), acks: acks), 9);

        Assert.Equal((short)ErrorCode.InvalidRequiredAcks, Requests.Single(answer).ErrorCode);
        Assert.Empty(broker.Replicas["t", 0].Batches);
    }

    [Fact]
    public async Task The_leader_is_told_what_was_asked_for()
    {
        await using var broker = await TestBroker.StartAsync();
        List<RequiredAcks> told = [];
        broker.Replicas["t", 0].OnAppend = request =>
        {
            told.Add(request.Acks);
            return Task.FromResult(broker.Replicas["t", 0].Write(request));
        };
        var client = await broker.ConnectAsync();

        await client.SendUnansweredAsync(Requests.Produce(Batches.Of("a"), acks: 0), 9);
        await client.AskAsync<ProduceResponse>(Requests.Produce(Batches.Of("a"), acks: 1), 9);
        await client.AskAsync<ProduceResponse>(Requests.Produce(Batches.Of("a"), acks: -1), 9);

        Assert.Equal([RequiredAcks.None, RequiredAcks.Leader, RequiredAcks.All], told);
    }
}
