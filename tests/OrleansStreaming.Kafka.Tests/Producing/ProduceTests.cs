using OrleansStreaming.Contracts.Replication;
using OrleansStreaming.Kafka.Protocol.Messages;
using OrleansStreaming.Kafka.Tests.Wire;
using OrleansStreaming.Records.Compression;
using OrleansStreaming.Records.Errors;
using OrleansStreaming.Records.Ids;
using OrleansStreaming.Records.Sources;

namespace OrleansStreaming.Kafka.Tests.Producing;

public sealed class ProduceTests
{
    [Fact]
    public async Task Each_partition_has_its_own_outcome()
    {
        await using var broker = await TestBroker.StartAsync();
        broker.Replicas["t", 1].OnAppend = _ => Task.FromResult(new AppendResult { Error = ErrorCode.MessageTooLarge, ErrorMessage = "Too large." });
        var client = await broker.ConnectAsync();
        var request = Requests.Produce(Batches.Of("a"), 2);
        Requests.AddBatch(request, Batches.Of("b"), 1);
        Requests.AddBatch(request, Batches.Of("c"), 9);
        Requests.AddBatch(request, Batches.Of("d"), 0, "nowhere");
        Requests.AddBatch(request, Batches.Of("e", "f"), 0);

        var answer = await client.AskAsync<ProduceResponse>(request, 9);

        var partitions = answer.Responses.SelectMany(topic => topic.PartitionResponses).ToArray();
        Assert.Equal([2, 1, 9, 0, 0], partitions.Select(partition => partition.Index));
        Assert.Equal(
            [ErrorCode.None, ErrorCode.MessageTooLarge, ErrorCode.UnknownTopicOrPartition, ErrorCode.UnknownTopicOrPartition, ErrorCode.None],
            partitions.Select(partition => (ErrorCode)partition.ErrorCode));
        Assert.Equal([0, -1, -1, -1, 0], partitions.Select(partition => partition.BaseOffset));
        Assert.Equal("Too large.", partitions[1].ErrorMessage);
        Assert.Equal(Batches.Of("e", "f"), Batches.Unstamped(Assert.Single(broker.Replicas["t", 0].Batches)));
        Assert.Equal(0, answer.ThrottleTimeMs);
    }

    [Fact]
    public async Task Internal_topics_are_not_for_clients()
    {
        await using var broker = await TestBroker.StartAsync();
        var topic = broker.Cluster.AddTopic("hidden", 1);
        broker.Cluster.Put(new() { Name = topic.Name, Id = topic.Id, IsInternal = true, Partitions = topic.Partitions, Configs = topic.Configs });
        var client = await broker.ConnectAsync();

        var answer = await client.AskAsync<ProduceResponse>(Requests.Produce(Batches.Of("a"), topic: "hidden"), 9);

        Assert.Equal((short)ErrorCode.InvalidTopicException, answer.Responses[0].PartitionResponses[0].ErrorCode);
        Assert.Empty(broker.Replicas["hidden", 0].Batches);
    }

    [Fact]
    public async Task Partitions_of_a_request_are_appended_side_by_side()
    {
        await using var broker = await TestBroker.StartAsync();
        var both = new TaskCompletionSource();
        broker.Replicas["t", 0].OnAppend = async request =>
        {
            await both.Task;
            return broker.Replicas["t", 0].Write(request);
        };
        broker.Replicas["t", 1].OnAppend = request =>
        {
            both.SetResult();
            return Task.FromResult(broker.Replicas["t", 1].Write(request));
        };
        var client = await broker.ConnectAsync();
        var request = Requests.Produce(Batches.Of("a"), 0);
        Requests.AddBatch(request, Batches.Of("b"), 1);

        var answer = await client.AskAsync<ProduceResponse>(request, 9);

        Assert.All(answer.Responses, topic => Assert.Equal(0, Assert.Single(topic.PartitionResponses).ErrorCode));
    }

    [Fact]
    public async Task What_was_sent_behind_a_refused_batch_is_sent_again_with_it()
    {
        await using var broker = await TestBroker.StartAsync();
        var outcomes = new Queue<ErrorCode>([ErrorCode.NotEnoughReplicas, ErrorCode.OutOfOrderSequenceNumber, ErrorCode.None, ErrorCode.None]);
        broker.Replicas["t", 0].OnAppend = request => Task.FromResult(
            outcomes.Dequeue() is var error && error is ErrorCode.None ? broker.Replicas["t", 0].Write(request) : new AppendResult { Error = error });
        var client = await broker.ConnectAsync();

        var errors = new List<ErrorCode>();
        foreach (var sequence in (int[])[7, 8, 7, 8])
        {
            var answer = await client.AskAsync<ProduceResponse>(Requests.Produce(Batches.InSequence(sequence, "a")), 9);
            errors.Add((ErrorCode)answer.Responses[0].PartitionResponses[0].ErrorCode);
        }

        Assert.Equal([ErrorCode.NotEnoughReplicas, ErrorCode.NotEnoughReplicas, ErrorCode.None, ErrorCode.None], errors);
    }

    [Fact]
    public async Task The_answer_carries_what_the_leader_said()
    {
        await using var broker = await TestBroker.StartAsync();
        broker.Replicas["t", 0].OnAppend = _ => Task.FromResult(new AppendResult
        {
            BaseOffset = new Offset(41),
            EndOffset = new Offset(42),
            LogAppendTime = 77,
            LogStartOffset = new Offset(5),
            IsCommitted = true,
        });
        var client = await broker.ConnectAsync();

        var answer = Requests.Single(await client.AskAsync<ProduceResponse>(Requests.Produce(Batches.Of("a")), 9));

        Assert.Equal((41, 77, 5), (answer.BaseOffset, answer.LogAppendTimeMs, answer.LogStartOffset));
    }

    [Fact]
    public async Task Refused_records_are_named()
    {
        await using var broker = await TestBroker.StartAsync();
        broker.Replicas["t", 0].OnAppend = _ => Task.FromResult(new AppendResult
        {
            Error = ErrorCode.InvalidRecord,
            ErrorMessage = "No keys.",
            RecordErrors = [new RecordError(0, "no key"), new RecordError(2, "no key either")],
        });
        var client = await broker.ConnectAsync();

        var answer = Requests.Single(await client.AskAsync<ProduceResponse>(Requests.Produce(Batches.Of("a")), 8));
        var before = Requests.Single(await client.AskAsync<ProduceResponse>(Requests.Produce(Batches.Of("a")), 7));

        Assert.Equal([(0, "no key"), (2, "no key either")], answer.RecordErrors.Select(error => (error.BatchIndex, error.BatchIndexErrorMessage)));
        Assert.Equal((short)ErrorCode.InvalidRecord, before.ErrorCode);
    }

    [Fact]
    public async Task A_topic_may_be_named_by_its_id()
    {
        await using var broker = await TestBroker.StartAsync();
        var id = broker.Cluster.Current.Topics["t"].Id;
        TopicId? told = null;
        broker.Replicas["t", 0].OnAppend = append =>
        {
            told = append.TopicId;
            return Task.FromResult(broker.Replicas["t", 0].Write(append));
        };
        var client = await broker.ConnectAsync();
        var request = new ProduceRequest { Acks = 1, TimeoutMs = 1_000 };
        Requests.AddBatch(request, Batches.Of("a"), 0, "", id.Value);
        Requests.AddBatch(request, Batches.Of("a"), 0, "", Guid.NewGuid());

        var answer = await client.AskAsync<ProduceResponse>(request, 13);

        Assert.Equal(request.TopicData.Select(topic => topic.TopicId), answer.Responses.Select(topic => topic.TopicId));
        Assert.Equal([0, (short)ErrorCode.UnknownTopicId], answer.Responses.Select(topic => topic.PartitionResponses[0].ErrorCode));
        Assert.Equal(id, told);
    }

    [Theory]
    [InlineData(9, false)]
    [InlineData(10, true)]
    [InlineData(13, true)]
    public async Task A_client_at_the_wrong_broker_is_told_the_right_one(short version, bool isHinted)
    {
        await using var broker = await TestBroker.StartAsync();
        var topic = broker.Cluster.AddTopic("elsewhere", 1, new BrokerId(2));
        var client = await broker.ConnectAsync();
        var request = new ProduceRequest { Acks = 1, TimeoutMs = 1_000 };
        Requests.AddBatch(request, Batches.Of("a"), 0, "elsewhere", version >= 13 ? topic.Id.Value : default);

        var answer = await client.AskAsync<ProduceResponse>(request, version);

        var partition = Requests.Single(answer);
        Assert.Equal((short)ErrorCode.NotLeaderOrFollower, partition.ErrorCode);
        Assert.Equal(isHinted ? (2, 0) : (-1, -1), (partition.CurrentLeader.LeaderId, partition.CurrentLeader.LeaderEpoch));
        Assert.Equal(isHinted ? [(2, "host-2", 9092, "rack-2")] : [], answer.NodeEndpoints.Select(node => (node.NodeId, node.Host, node.Port, node.Rack)));
    }

    [Fact]
    public async Task A_replica_that_leads_no_more_refuses()
    {
        await using var broker = await TestBroker.StartAsync();
        broker.Replicas["t", 0].Lead(false, 1);
        var client = await broker.ConnectAsync();

        var answer = await client.AskAsync<ProduceResponse>(Requests.Produce(Batches.Of("a")), 9);

        Assert.Equal((short)ErrorCode.NotLeaderOrFollower, Requests.Single(answer).ErrorCode);
        Assert.Empty(broker.Replicas["t", 0].Batches);
    }

    [Theory]
    [InlineData(3, ErrorCode.UnsupportedCompressionType)]
    [InlineData(6, ErrorCode.UnsupportedCompressionType)]
    [InlineData(7, ErrorCode.None)]
    public async Task Zstd_comes_with_version_7(short version, ErrorCode expected)
    {
        await using var broker = await TestBroker.StartAsync();
        var client = await broker.ConnectAsync();

        var answer = await client.AskAsync<ProduceResponse>(Requests.Produce(Batches.Compressed(CompressionType.Zstd, "a")), version);

        Assert.Equal((short)expected, Requests.Single(answer).ErrorCode);
    }

    [Fact]
    public async Task A_partition_without_records_is_refused()
    {
        await using var broker = await TestBroker.StartAsync();
        var client = await broker.ConnectAsync();
        var request = Requests.Produce([]);
        request.TopicData[0].PartitionData.Add(new ProduceRequest.PartitionProduceData { Index = 1, Records = null });
        request.TopicData[0].PartitionData.Add(new ProduceRequest.PartitionProduceData { Index = 2, Records = new MemoryRecords(Batches.Of("a")) });

        var answer = await client.AskAsync<ProduceResponse>(request, 9);

        Assert.Equal(
            [ErrorCode.InvalidRecord, ErrorCode.InvalidRecord, ErrorCode.None],
            Assert.Single(answer.Responses).PartitionResponses.Select(partition => (ErrorCode)partition.ErrorCode));
    }

    [Fact]
    public async Task Transactions_are_refused_while_there_are_none()
    {
        await using var broker = await TestBroker.StartAsync();
        var client = await broker.ConnectAsync();
        var request = Requests.Produce(Batches.Of("a"));
        request.TransactionalId = "tx";

        var answer = await client.AskAsync<ProduceResponse>(request, 9);

        Assert.NotEqual((short)ErrorCode.None, Requests.Single(answer).ErrorCode);
        Assert.Empty(broker.Replicas["t", 0].Batches);
    }
}
