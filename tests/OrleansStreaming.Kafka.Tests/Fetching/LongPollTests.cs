using OrleansStreaming.Kafka.Protocol.Messages;
using OrleansStreaming.Kafka.Tests.Fakes;
using OrleansStreaming.Kafka.Tests.Wire;
using OrleansStreaming.Records.Errors;
using OrleansStreaming.Records.Ids;

namespace OrleansStreaming.Kafka.Tests.Fetching;

/// <summary>
/// What a waiting fetch is woken by. An answer that came too early would not carry what the test puts there afterwards.
/// </summary>
public sealed class LongPollTests
{
    [Fact]
    public async Task An_append_wakes()
    {
        await using var broker = await TestBroker.StartAsync();
        var client = await broker.ConnectAsync();

        await client.SendAsync(Requests.Fetch(), 12);
        await broker.Replicas["t", 0].Parked.WaitAsync();
        broker.Replicas["t", 0].Store(Batches.Of("a"));

        var fetched = Requests.Single(await client.ReceiveAsync<FetchResponse>());
        Assert.Equal(Batches.Of("a"), Batches.Unstamped(Batches.Bytes(fetched.Records)));
        Assert.Equal(1, fetched.HighWatermark);
        await broker.Replicas["t", 0].Left.WaitAsync();
        Assert.Equal(0, broker.Replicas["t", 0].Waiters);
    }

    [Fact]
    public async Task Any_of_its_partitions_wakes()
    {
        await using var broker = await TestBroker.StartAsync();
        var client = await broker.ConnectAsync();
        var request = Requests.Fetch();
        Requests.AddPartition(request, 0, 1);
        Requests.AddPartition(request, 0, 2);

        await client.SendAsync(request, 12);
        await broker.Replicas["t", 2].Parked.WaitAsync();
        broker.Replicas["t", 2].Store(Batches.Of("a"));

        var answer = await client.ReceiveAsync<FetchResponse>();
        Assert.Equal([0, 0, Batches.Of("a").Length], Requests.All(answer).Select(partition => partition.Records!.Length));
    }

    [Fact]
    public async Task The_end_of_max_wait_wakes()
    {
        await using var broker = await TestBroker.StartAsync();
        broker.Replicas["t", 1].Store(Batches.Of("too little"));
        var client = await broker.ConnectAsync();
        var request = Requests.Fetch(maxWaitMs: 500, minBytes: 10_000);
        Requests.AddPartition(request, 0, 1);

        await client.SendAsync(request, 12);
        await broker.Replicas["t", 1].Parked.WaitAsync();
        broker.Time.Advance(TimeSpan.FromMilliseconds(499));
        broker.Replicas["t", 0].Store(Batches.Of("still too little"));
        broker.Time.Advance(TimeSpan.FromMilliseconds(1));

        var answer = await client.ReceiveAsync<FetchResponse>();
        Assert.Equal(
            [Batches.Of("still too little").Length, Batches.Of("too little").Length],
            Requests.All(answer).Select(partition => partition.Records!.Length));
    }

    [Fact]
    public async Task Min_bytes_are_waited_for()
    {
        await using var broker = await TestBroker.StartAsync();
        var batch = Batches.Large(1_000);
        var client = await broker.ConnectAsync();
        var request = Requests.Fetch(minBytes: 3 * batch.Length);
        Requests.AddPartition(request, 0, 1);

        await client.SendAsync(request, 12);
        await broker.Replicas["t", 1].Parked.WaitAsync();
        broker.Replicas["t", 0].Store(Batches.Large(1_000));
        broker.Replicas["t", 1].Store(Batches.Large(1_000));
        broker.Replicas["t", 0].Store(Batches.Large(1_000));

        var answer = await client.ReceiveAsync<FetchResponse>();
        Assert.Equal([2 * batch.Length, batch.Length], Requests.All(answer).Select(partition => partition.Records!.Length));
    }

    [Fact]
    public async Task What_is_not_committed_is_not_seen()
    {
        await using var broker = await TestBroker.StartAsync();
        var replica = broker.Replicas["t", 0];
        replica.CommitsAtOnce = false;
        var client = await broker.ConnectAsync();

        await client.SendAsync(Requests.Fetch(), 12);
        await replica.Parked.WaitAsync();
        replica.Store(Batches.Of("a"));
        replica.Store(Batches.Of("b"));
        replica.Commit();

        var fetched = Requests.Single(await client.ReceiveAsync<FetchResponse>());
        Assert.Equal(2, fetched.HighWatermark);
        Assert.Equal(2 * Batches.Of("a").Length, fetched.Records!.Length);
    }

    [Fact]
    public async Task Read_committed_wakes_on_the_last_stable_offset()
    {
        await using var broker = await TestBroker.StartAsync();
        var replica = broker.Replicas["t", 0];
        replica.CommitsAtOnce = false;
        var client = await broker.ConnectAsync();
        var request = Requests.Fetch();
        request.IsolationLevel = 1;

        await client.SendAsync(request, 12);
        await replica.Parked.WaitAsync();
        replica.Store(Batches.Of("a"));
        replica.Commit(lastStable: Offset.Zero);
        replica.Commit();

        var fetched = Requests.Single(await client.ReceiveAsync<FetchResponse>());
        Assert.Equal((1, 1), (fetched.HighWatermark, fetched.LastStableOffset));
        Assert.Equal(Batches.Of("a").Length, fetched.Records!.Length);
    }

    [Fact]
    public async Task Read_committed_counts_only_stable_bytes()
    {
        await using var broker = await TestBroker.StartAsync();
        var replica = broker.Replicas["t", 0];
        replica.CommitsAtOnce = false;
        replica.Store(Batches.Large(10_000));
        replica.Commit(lastStable: Offset.Zero);
        var client = await broker.ConnectAsync();
        var request = Requests.Fetch(minBytes: 10_000);
        request.IsolationLevel = 1;

        await client.SendAsync(request, 12);
        await replica.Parked.WaitAsync();
        replica.Commit();

        Assert.Equal(1, Requests.Single(await client.ReceiveAsync<FetchResponse>()).LastStableOffset);
    }

    [Theory]
    [InlineData(10, -1, ErrorCode.NotLeaderOrFollower)]
    [InlineData(10, 0, ErrorCode.FencedLeaderEpoch)]
    [InlineData(12, 0, ErrorCode.FencedLeaderEpoch)]
    public async Task The_loss_of_leadership_wakes(short version, int epoch, ErrorCode expected)
    {
        await using var broker = await TestBroker.StartAsync();
        var client = await broker.ConnectAsync();

        // Later versions may stay with the follower, but for what they said of the leader's epoch.
        await client.SendAsync(Requests.Fetch(leaderEpoch: epoch), version);
        await broker.Replicas["t", 0].Parked.WaitAsync();
        broker.Replicas["t", 0].Lead(false, 1);

        Assert.Equal((short)expected, Requests.Single(await client.ReceiveAsync<FetchResponse>()).ErrorCode);
    }

    [Fact]
    public async Task The_loss_of_the_replica_wakes()
    {
        await using var broker = await TestBroker.StartAsync();
        var replica = broker.Replicas["t", 0];
        var client = await broker.ConnectAsync();

        await client.SendAsync(Requests.Fetch(), 12);
        await replica.Parked.WaitAsync();
        broker.Cluster.Change(_ => FakeClusters.WithoutTopics(broker.Cluster.Current));
        broker.Replicas.Remove(replica.Partition);
        replica.Lead(false, 1);

        Assert.Equal((short)ErrorCode.UnknownTopicOrPartition, Requests.Single(await client.ReceiveAsync<FetchResponse>()).ErrorCode);
    }

    [Theory]
    [InlineData(0, 1)]
    [InlineData(-1, 1)]
    [InlineData(500, 0)]
    public async Task Nothing_to_wait_for_is_answered_at_once(int maxWaitMs, int minBytes)
    {
        await using var broker = await TestBroker.StartAsync();
        var client = await broker.ConnectAsync();

        var answer = await client.AskAsync<FetchResponse>(Requests.Fetch(maxWaitMs: maxWaitMs, minBytes: minBytes), 12);

        Assert.Empty(Batches.Bytes(Requests.Single(answer).Records));
    }

    [Fact]
    public async Task No_partitions_are_answered_at_once()
    {
        await using var broker = await TestBroker.StartAsync();
        var client = await broker.ConnectAsync();

        var answer = await client.AskAsync<FetchResponse>(new FetchRequest { MaxWaitMs = 500, MinBytes = 1, MaxBytes = 1_000 }, 12);

        Assert.Empty(answer.Responses);
    }

    [Fact]
    public async Task An_error_of_one_partition_is_told_at_once_with_what_the_others_have()
    {
        await using var broker = await TestBroker.StartAsync();
        broker.Cluster.AddTopic("elsewhere", 1, new BrokerId(2));
        broker.Replicas["t", 0].Store(Batches.Of("a"));
        var client = await broker.ConnectAsync();
        var request = Requests.Fetch(minBytes: 1_000_000);
        Requests.AddPartition(request, 0, 0, topic: "elsewhere");

        var answer = await client.AskAsync<FetchResponse>(request, 12);

        Assert.Equal(Batches.Of("a").Length, answer.Responses[0].Partitions[0].Records!.Length);
        Assert.Equal((short)ErrorCode.NotLeaderOrFollower, answer.Responses[1].Partitions[0].ErrorCode);
    }
}
