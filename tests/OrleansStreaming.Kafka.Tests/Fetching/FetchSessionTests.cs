using OrleansStreaming.Kafka.Protocol.Messages;
using OrleansStreaming.Kafka.Tests.Fakes;
using OrleansStreaming.Kafka.Tests.Wire;
using OrleansStreaming.Records.Errors;

namespace OrleansStreaming.Kafka.Tests.Fetching;

/// <summary>Fetch sessions on the wire (KIP-227): which answer has which partitions, and when a session ends.</summary>
public sealed class FetchSessionTests
{
    [Theory]
    [InlineData(0, 0, true)]
    [InlineData(0, -1, false)]
    [InlineData(7, 0, true)]
    [InlineData(7, -1, false)]
    public async Task A_full_fetch_opens_a_session_when_the_client_wants_one(int sessionId, int sessionEpoch, bool isOpened)
    {
        await using var broker = await TestBroker.StartAsync();
        broker.Replicas["t", 0].Store(Batches.Of("a"));
        var client = await broker.ConnectAsync();
        var request = Requests.Fetch();
        (request.SessionId, request.SessionEpoch) = (sessionId, sessionEpoch);

        var answer = await client.AskAsync<FetchResponse>(request, 12);

        Assert.Equal(0, answer.ErrorCode);
        Assert.Equal(isOpened, answer.SessionId > 0);
        Assert.Equal(Batches.Of("a").Length, Requests.Single(answer).Records!.Length);
    }

    [Fact]
    public async Task Before_version_7_there_are_no_sessions()
    {
        await using var broker = await TestBroker.StartAsync();
        broker.Replicas["t", 0].Store(Batches.Of("a"));
        var client = await broker.ConnectAsync();

        await client.AskAsync<FetchResponse>(Requests.Fetch(), 6);
        var step = await client.AskAsync<FetchResponse>(Step(1, 1), 7);

        Assert.Equal((short)ErrorCode.FetchSessionIdNotFound, step.ErrorCode);
    }

    [Fact]
    public async Task A_step_tells_only_what_has_changed()
    {
        await using var broker = await TestBroker.StartAsync();
        var client = await broker.ConnectAsync();
        var id = await OpenAsync(client, 0, 1, 2);
        broker.Replicas["t", 1].Store(Batches.Of("a"));

        var records = await client.AskAsync<FetchResponse>(Step(id, 1), 12);
        var unchanged = await client.AskAsync<FetchResponse>(Step(id, 2, maxWaitMs: 0, (1, 1)), 12);
        broker.Replicas["t", 2].CommitsAtOnce = false;
        broker.Replicas["t", 2].Store(Batches.Of("a"));
        var uncommitted = await client.AskAsync<FetchResponse>(Step(id, 3, maxWaitMs: 0), 12);
        broker.Replicas["t", 1].Trim(1);
        var trimmed = await client.AskAsync<FetchResponse>(Step(id, 4, maxWaitMs: 0), 12);

        Assert.Equal((id, 0), (records.SessionId, records.ErrorCode));
        Assert.Equal((1, Batches.Of("a").Length), (Requests.Single(records).PartitionIndex, Requests.Single(records).Records!.Length));
        Assert.Equal(id, unchanged.SessionId);
        Assert.Empty(unchanged.Responses);
        Assert.Empty(uncommitted.Responses);
        Assert.Equal((1, 1, 1), (Requests.Single(trimmed).PartitionIndex, Requests.Single(trimmed).HighWatermark, Requests.Single(trimmed).LogStartOffset));
    }

    [Fact]
    public async Task A_step_waits_for_all_partitions_of_its_session()
    {
        await using var broker = await TestBroker.StartAsync();
        var client = await broker.ConnectAsync();
        var id = await OpenAsync(client, 0, 2);

        await client.SendAsync(Step(id, 1), 12);
        await broker.Replicas["t", 2].Parked.WaitAsync();
        broker.Replicas["t", 2].Store(Batches.Of("a"));

        Assert.Equal(2, Requests.Single(await client.ReceiveAsync<FetchResponse>()).PartitionIndex);
    }

    [Fact]
    public async Task Partitions_come_change_and_go()
    {
        await using var broker = await TestBroker.StartAsync();
        for (var partition = 0; partition < 3; partition++)
        {
            broker.Replicas["t", partition].Store(Batches.Of("a"));
            broker.Replicas["t", partition].Store(Batches.Of("b"));
        }

        var client = await broker.ConnectAsync();
        var id = await OpenAsync(client, 0, 1);
        var step = Step(id, 1, maxWaitMs: 500, (1, 1), (2, 2));
        step.ForgottenTopicsData.Add(new() { Topic = "t", Partitions = [0, 9] });

        var answer = await client.AskAsync<FetchResponse>(step, 12);
        var again = await client.AskAsync<FetchResponse>(Step(id, 2), 12);

        // 0 is forgotten, 1 goes on at another offset, 2 is new and told though it has nothing.
        Assert.Equal([(1, Batches.Of("b").Length), (2, 0)], Requests.All(answer).Select(partition => (partition.PartitionIndex, partition.Records!.Length)));
        Assert.Equal([1], Requests.All(again).Select(partition => partition.PartitionIndex));
    }

    [Fact]
    public async Task Partitions_that_gave_records_stand_at_the_end_of_the_queue()
    {
        await using var broker = await TestBroker.StartAsync();
        var size = Batches.Large(1_000).Length;
        for (var partition = 0; partition < 3; partition++)
        {
            broker.Replicas["t", partition].Store(Batches.Large(1_000));
            broker.Replicas["t", partition].Store(Batches.Large(1_000));
        }

        var client = await broker.ConnectAsync();
        var id = await OpenAsync(client, 0, 1, 2);
        List<int> served = [];
        for (var epoch = 1; epoch <= 4; epoch++)
        {
            var step = Step(id, epoch);
            step.MaxBytes = size;
            served.Add(Requests.All(await client.AskAsync<FetchResponse>(step, 12)).Single(partition => partition.Records!.Length > 0).PartitionIndex);
        }

        Assert.Equal([0, 1, 2, 0], served);
    }

    [Fact]
    public async Task An_error_is_told_until_it_is_over_and_then_that_it_is()
    {
        await using var broker = await TestBroker.StartAsync();
        var client = await broker.ConnectAsync();
        var id = await OpenAsync(client, 0, 1);
        broker.Replicas["t", 0].ReadError = ErrorCode.KafkaStorageError;

        var first = await client.AskAsync<FetchResponse>(Step(id, 1), 12);
        var second = await client.AskAsync<FetchResponse>(Step(id, 2), 12);
        broker.Replicas["t", 0].ReadError = ErrorCode.None;
        var third = await client.AskAsync<FetchResponse>(Step(id, 3, maxWaitMs: 0), 12);
        var fourth = await client.AskAsync<FetchResponse>(Step(id, 4, maxWaitMs: 0), 12);

        Assert.Equal((0, (short)ErrorCode.KafkaStorageError), (Requests.Single(first).PartitionIndex, Requests.Single(first).ErrorCode));
        Assert.Equal((short)ErrorCode.KafkaStorageError, Requests.Single(second).ErrorCode);
        Assert.Equal((0, 0), (Requests.Single(third).PartitionIndex, Requests.Single(third).ErrorCode));
        Assert.Empty(fourth.Responses);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(2)]
    [InlineData(-7)]
    public async Task A_step_out_of_its_turn_is_refused_and_leaves_the_session(int wrongBy)
    {
        await using var broker = await TestBroker.StartAsync();
        broker.Replicas["t", 0].Store(Batches.Of("a"));
        var client = await broker.ConnectAsync();
        var id = await OpenAsync(client, 0);
        await client.AskAsync<FetchResponse>(Step(id, 1), 12);

        var wrong = await client.AskAsync<FetchResponse>(Step(id, wrongBy == 0 ? 1 : 2 + wrongBy), 12);
        var right = await client.AskAsync<FetchResponse>(Step(id, 2), 12);

        Assert.Equal(((short)ErrorCode.InvalidFetchSessionEpoch, 0), (wrong.ErrorCode, wrong.SessionId));
        Assert.Empty(wrong.Responses);
        Assert.Equal((0, id), (right.ErrorCode, right.SessionId));
    }

    [Fact]
    public async Task A_step_that_is_overtaken_by_the_next_tells_nothing()
    {
        await using var broker = await TestBroker.StartAsync();
        var client = await broker.ConnectAsync();
        var id = await OpenAsync(client, 0);
        await client.SendAsync(Step(id, 1), 12);
        await broker.Replicas["t", 0].Parked.WaitAsync();
        await client.SendAsync(Step(id, 2), 12);
        await broker.Replicas["t", 0].Parked.WaitAsync();
        broker.Replicas["t", 0].Store(Batches.Of("a"));

        var first = await client.ReceiveAsync<FetchResponse>();
        var second = await client.ReceiveAsync<FetchResponse>();

        Assert.Equal(((short)ErrorCode.InvalidFetchSessionEpoch, id), (first.ErrorCode, first.SessionId));
        Assert.Empty(first.Responses);
        Assert.Equal(Batches.Of("a").Length, Requests.Single(second).Records!.Length);
    }

    [Theory]
    [InlineData(7, 1)]
    [InlineData(0, 1)]
    public async Task A_step_of_no_session(int sessionId, int sessionEpoch)
    {
        await using var broker = await TestBroker.StartAsync();
        var client = await broker.ConnectAsync();

        var answer = await client.AskAsync<FetchResponse>(Step(sessionId, sessionEpoch), 12);

        Assert.Equal(((short)ErrorCode.FetchSessionIdNotFound, 0), (answer.ErrorCode, answer.SessionId));
        Assert.Empty(answer.Responses);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    public async Task A_full_fetch_ends_the_session_that_it_names(int epoch)
    {
        await using var broker = await TestBroker.StartAsync();
        var client = await broker.ConnectAsync();
        var id = await OpenAsync(client, 0);

        var full = await client.AskAsync<FetchResponse>(Step(id, epoch, maxWaitMs: 0, (0, 0)), 12);
        var old = await client.AskAsync<FetchResponse>(Step(id, 1), 12);

        Assert.NotEqual(id, full.SessionId);
        Assert.Equal(epoch == 0, full.SessionId > 0);
        Assert.Equal((short)ErrorCode.FetchSessionIdNotFound, old.ErrorCode);
    }

    [Fact]
    public async Task A_session_without_partitions_ends()
    {
        await using var broker = await TestBroker.StartAsync();
        var client = await broker.ConnectAsync();
        var id = await OpenAsync(client, 0);
        var step = Step(id, 1);
        step.ForgottenTopicsData.Add(new() { Topic = "t", Partitions = [0] });

        var last = await client.AskAsync<FetchResponse>(step, 12);
        var after = await client.AskAsync<FetchResponse>(Step(id, 2), 12);

        Assert.Equal((0, 0, 0), (last.ErrorCode, last.SessionId, last.Responses.Count));
        Assert.Equal((short)ErrorCode.FetchSessionIdNotFound, after.ErrorCode);
    }

    [Fact]
    public async Task Sessions_by_id_and_by_name_are_not_mixed()
    {
        await using var broker = await TestBroker.StartAsync();
        var client = await broker.ConnectAsync();
        var byName = await OpenAsync(client, 0);
        var request = new FetchRequest { MaxWaitMs = 0, MaxBytes = 1_000, SessionEpoch = 0 };
        Requests.AddPartition(request, 0, 0, topicId: broker.Cluster.Current.Topics["t"].Id.Value);
        var byId = (await client.AskAsync<FetchResponse>(request, 13)).SessionId;

        var named = await client.AskAsync<FetchResponse>(Step(byName, 1), 13);
        var identified = await client.AskAsync<FetchResponse>(Step(byId, 1), 12);

        Assert.Equal((short)ErrorCode.FetchSessionTopicIdError, named.ErrorCode);
        Assert.Equal((short)ErrorCode.FetchSessionTopicIdError, identified.ErrorCode);
    }

    [Fact]
    public async Task A_topic_id_never_becomes_the_name_of_another_topic()
    {
        await using var broker = await TestBroker.StartAsync();
        var topic = broker.Cluster.Current.Topics["t"];
        broker.Replicas["t", 0].Store(Batches.Of("a"));
        var client = await broker.ConnectAsync();
        var request = new FetchRequest { MaxWaitMs = 0, MaxBytes = 1_000, SessionEpoch = 0 };
        Requests.AddPartition(request, 0, 0, topicId: topic.Id.Value);
        var id = (await client.AskAsync<FetchResponse>(request, 13)).SessionId;

        // Deleted and created anew under its name.
        broker.Cluster.Change(_ => FakeClusters.WithoutTopics(broker.Cluster.Current));
        broker.Cluster.AddTopic("t", 1);
        var answer = await client.AskAsync<FetchResponse>(Step(id, 1), 13);

        Assert.Equal((short)ErrorCode.UnknownTopicId, Requests.Single(answer).ErrorCode);
        Assert.Equal(topic.Id.Value, answer.Responses[0].TopicId);
    }

    [Fact]
    public async Task A_topic_id_that_becomes_known_later_is_served_then()
    {
        await using var broker = await TestBroker.StartAsync();
        broker.Cluster.LagsBehind = true;
        var topic = broker.Cluster.AddTopic("new", 1);
        broker.Replicas["new", 0].Store(Batches.Of("a"));
        var client = await broker.ConnectAsync();
        var request = new FetchRequest { MaxWaitMs = 0, MaxBytes = 1_000, SessionEpoch = 0 };
        Requests.AddPartition(request, 0, 0, topicId: topic.Id.Value);

        var before = await client.AskAsync<FetchResponse>(request, 13);
        broker.Cluster.CatchUp();
        var after = await client.AskAsync<FetchResponse>(Step(before.SessionId, 1), 13);

        Assert.Equal((short)ErrorCode.UnknownTopicId, Requests.Single(before).ErrorCode);
        Assert.Equal((0, Batches.Of("a").Length), (Requests.Single(after).ErrorCode, Requests.Single(after).Records!.Length));
    }

    private static async Task<int> OpenAsync(KafkaClient client, params int[] partitions)
    {
        var request = new FetchRequest { MaxWaitMs = 0, MaxBytes = 1_000_000, SessionEpoch = 0 };
        foreach (var partition in partitions)
        {
            Requests.AddPartition(request, 0, partition, partitionMaxBytes: 1);
        }

        var answer = await client.AskAsync<FetchResponse>(request, 12);
        Assert.Equal(partitions, Requests.All(answer).Select(told => told.PartitionIndex));
        return answer.SessionId;
    }

    private static FetchRequest Step(int id, int epoch, int maxWaitMs = 500, params (int Partition, long Offset)[] changed)
    {
        var request = new FetchRequest { MaxWaitMs = maxWaitMs, MinBytes = 1, MaxBytes = 1_000_000, SessionId = id, SessionEpoch = epoch };
        foreach (var (partition, offset) in changed)
        {
            Requests.AddPartition(request, offset, partition);
        }

        return request;
    }
}
