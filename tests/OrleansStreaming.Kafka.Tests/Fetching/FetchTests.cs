using Microsoft.Extensions.Logging;
using OrleansStreaming.Contracts.Replication;
using OrleansStreaming.Kafka.Protocol.Messages;
using OrleansStreaming.Kafka.Tests.Fakes;
using OrleansStreaming.Kafka.Tests.Wire;
using OrleansStreaming.Records.Errors;
using OrleansStreaming.Records.Ids;

namespace OrleansStreaming.Kafka.Tests.Fetching;

public sealed class FetchTests
{
    [Fact]
    public async Task Reading_starts_at_the_offset()
    {
        await using var broker = await TestBroker.StartAsync();
        var replica = broker.Replicas["t", 0];
        replica.Store(Batches.Of("a", "b"));
        replica.Store(Batches.Of("c"));
        var client = await broker.ConnectAsync();

        var inside = Requests.Single(await client.AskAsync<FetchResponse>(Requests.Fetch(1), 12));
        var second = Requests.Single(await client.AskAsync<FetchResponse>(Requests.Fetch(2), 12));

        Assert.Equal(replica.Batches.SelectMany(batch => batch), Batches.Bytes(inside.Records));
        Assert.Equal(replica.Batches[1], Batches.Bytes(second.Records));
        Assert.Equal((3, 3, 0), (second.HighWatermark, second.LastStableOffset, second.LogStartOffset));
    }

    [Fact]
    public async Task The_byte_limit_is_shared_in_the_order_of_the_request()
    {
        await using var broker = await TestBroker.StartAsync();
        var size = Batches.Large(1_000).Length;
        for (var partition = 0; partition < 3; partition++)
        {
            broker.Replicas["t", partition].Store(Batches.Large(1_000));
            broker.Replicas["t", partition].Store(Batches.Large(1_000));
        }

        var client = await broker.ConnectAsync();
        var request = Requests.Fetch(partition: 2, maxBytes: (3 * size) + (size / 2));
        Requests.AddPartition(request, 0, 0);
        Requests.AddPartition(request, 0, 1);

        var answer = await client.AskAsync<FetchResponse>(request, 12);

        Assert.Equal([2, 0, 1], Requests.All(answer).Select(partition => partition.PartitionIndex));
        Assert.Equal([2 * size, size, 0], Requests.All(answer).Select(partition => partition.Records!.Length));
    }

    [Fact]
    public async Task Records_are_found_behind_thousands_of_partitions_without_any()
    {
        await using var broker = await TestBroker.StartAsync();
        broker.Cluster.AddTopic("wide", 6_000);
        broker.Replicas["wide", 0].Store(Batches.Of("a"));
        broker.Replicas["wide", 5_999].Store(Batches.Of("b"));
        var client = await broker.ConnectAsync();
        var request = Requests.Fetch(topic: "wide");
        for (var partition = 1; partition < 6_000; partition++)
        {
            Requests.AddPartition(request, 0, partition, topic: "wide");
        }

        var answer = Requests.All(await client.AskAsync<FetchResponse>(request, 12)).ToArray();

        Assert.Equal(6_000, answer.Length);
        Assert.Equal(broker.Replicas["wide", 0].Batches[0], Batches.Bytes(answer[0].Records));
        Assert.Equal(broker.Replicas["wide", 5_999].Batches[0], Batches.Bytes(answer[^1].Records));
    }

    [Theory]
    [InlineData(1, int.MaxValue)]
    [InlineData(int.MaxValue, 1)]
    [InlineData(0, 0)]
    public async Task The_first_batch_comes_whole_whatever_the_limits(int maxBytes, int partitionMaxBytes)
    {
        await using var broker = await TestBroker.StartAsync();
        broker.Replicas["t", 1].Store(Batches.Large(10_000));
        broker.Replicas["t", 2].Store(Batches.Large(10_000));
        var client = await broker.ConnectAsync();
        var request = Requests.Fetch(partition: 0, maxBytes: maxBytes);
        Requests.AddPartition(request, 0, 1, partitionMaxBytes);
        Requests.AddPartition(request, 0, 2, partitionMaxBytes);

        var answer = await client.AskAsync<FetchResponse>(request, 12);

        // The first partition that has anything, not the first that is named.
        Assert.Equal([0, Batches.Large(10_000).Length, 0], Requests.All(answer).Select(partition => partition.Records!.Length));
    }

    [Fact]
    public async Task A_partition_has_its_own_limit()
    {
        await using var broker = await TestBroker.StartAsync();
        var size = Batches.Large(1_000).Length;
        for (var count = 0; count < 5; count++)
        {
            broker.Replicas["t", 0].Store(Batches.Large(1_000));
        }

        var client = await broker.ConnectAsync();
        var answer = await client.AskAsync<FetchResponse>(Requests.Fetch(partitionMaxBytes: 2 * size), 12);

        Assert.Equal(2 * size, Requests.Single(answer).Records!.Length);
    }

    [Fact]
    public async Task The_broker_has_a_limit_too_and_it_can_be_changed()
    {
        await using var broker = await TestBroker.StartAsync(options => options.Configs = new Dictionary<string, string> { ["fetch.max.bytes"] = "2500" });
        var size = Batches.Large(1_000).Length;
        for (var count = 0; count < 5; count++)
        {
            broker.Replicas["t", 0].Store(Batches.Large(1_000));
        }

        var client = await broker.ConnectAsync();
        var before = await client.AskAsync<FetchResponse>(Requests.Fetch(), 12);
        broker.Cluster.Change(_ => FakeClusters.WithBrokerConfig(broker.Cluster.Current, "1", "fetch.max.bytes", "3500"));
        var after = await client.AskAsync<FetchResponse>(Requests.Fetch(), 12);

        Assert.Equal(2 * size, Requests.Single(before).Records!.Length);
        Assert.Equal(3 * size, Requests.Single(after).Records!.Length);
    }

    [Fact]
    public async Task Topics_and_partitions_that_are_not_known()
    {
        await using var broker = await TestBroker.StartAsync();
        var client = await broker.ConnectAsync();
        var request = Requests.Fetch(topic: "nowhere");
        Requests.AddPartition(request, 0, 3);
        Requests.AddPartition(request, 0, -1);

        var answer = await client.AskAsync<FetchResponse>(request, 12);

        Assert.Equal(["nowhere", "t"], answer.Responses.Select(topic => topic.Topic));
        Assert.Equal([0, 3, -1], Requests.All(answer).Select(partition => partition.PartitionIndex));
        Assert.All(Requests.All(answer), partition => Assert.Equal(((short)ErrorCode.UnknownTopicOrPartition, -1), (partition.ErrorCode, partition.HighWatermark)));
    }

    [Fact]
    public async Task Topics_by_id()
    {
        await using var broker = await TestBroker.StartAsync();
        var renewed = broker.Cluster.AddTopic("renewed", 1);
        broker.Replicas["renewed", 0].TopicId = new TopicId(Guid.NewGuid());
        broker.Replicas["t", 0].Store(Batches.Of("a"));
        var client = await broker.ConnectAsync();
        var request = new FetchRequest { MaxWaitMs = 500, MinBytes = 1, MaxBytes = 1_000 };
        Requests.AddPartition(request, 0, 0, topicId: broker.Cluster.Current.Topics["t"].Id.Value);
        Requests.AddPartition(request, 0, 0, topicId: Guid.NewGuid());
        Requests.AddPartition(request, 0, 0, topicId: renewed.Id.Value);

        var answer = await client.AskAsync<FetchResponse>(request, 13);

        Assert.Equal(request.Topics.Select(topic => topic.TopicId), answer.Responses.Select(topic => topic.TopicId));
        Assert.Equal(
            [ErrorCode.None, ErrorCode.UnknownTopicId, ErrorCode.InconsistentTopicId],
            answer.Responses.Select(topic => (ErrorCode)topic.Partitions[0].ErrorCode));
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(2)]
    public async Task Offsets_outside_of_the_log(long offset)
    {
        await using var broker = await TestBroker.StartAsync();
        broker.Replicas["t", 0].Store(Batches.Of("a"));
        var client = await broker.ConnectAsync();

        var answer = Requests.Single(await client.AskAsync<FetchResponse>(Requests.Fetch(offset), 12));

        Assert.Equal((short)ErrorCode.OffsetOutOfRange, answer.ErrorCode);
        Assert.Equal((1, 0), (answer.HighWatermark, answer.LogStartOffset));
    }

    [Fact]
    public async Task Aborted_transactions_keep_their_order()
    {
        await using var broker = await TestBroker.StartAsync();
        broker.Replicas["t", 0].Store(Batches.Of("a"));
        broker.Replicas["t", 0].Aborted = [new AbortedTransaction(new ProducerId(9), new Offset(3)), new AbortedTransaction(new ProducerId(4), new Offset(8))];
        var client = await broker.ConnectAsync();
        var request = Requests.Fetch();
        var uncommitted = Requests.Single(await client.AskAsync<FetchResponse>(request, 12));
        request.IsolationLevel = 1;
        var committed = Requests.Single(await client.AskAsync<FetchResponse>(request, 12));

        Assert.Null(uncommitted.AbortedTransactions);
        Assert.Equal([(9, 3), (4, 8)], committed.AbortedTransactions!.Select(aborted => (aborted.ProducerId, aborted.FirstOffset)));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_file_that_ends_while_it_is_sent_is_reported_and_never_served(bool isSentFromFile)
    {
        await using var broker = await TestBroker.StartAsync();
        broker.Replicas.Records.AreInFiles = isSentFromFile;
        broker.Replicas["t", 0].Store(Batches.Large(1_000_000));
        broker.Replicas["t", 0].CopyFailsAt = 500_000;
        var client = await broker.ConnectAsync();

        await client.SendAsync(Requests.Fetch(), 12);

        Assert.Null(await client.ReceiveBodyAsync());
        await broker.Replicas.Records.AllReleasedOnceAsync();
        var line = Assert.Single(broker.Log.Shown);
        Assert.Equal(LogLevel.Error, line.Level);
    }

    [Fact]
    public async Task A_read_that_fails_releases_what_others_have_found()
    {
        await using var broker = await TestBroker.StartAsync();
        broker.Replicas["t", 0].Store(Batches.Of("a"));
        broker.Replicas["t", 1].ReadFailure = new InvalidOperationException("Unexpected.");
        var client = await broker.ConnectAsync();
        var request = Requests.Fetch();
        Requests.AddPartition(request, 0, 1);

        await client.SendAsync(request, 12);

        await client.ReceiveEndAsync();
        Assert.Equal(1, broker.Replicas.Records.Opened);
        Assert.Single(broker.Log.Shown);
    }
}
