using OrleansStreaming.Client.Producing;
using OrleansStreaming.Client.Tests.Support;
using OrleansStreaming.Records.Compression;
using OrleansStreaming.Records.Ids;

namespace OrleansStreaming.Client.Tests.Producing;

[Collection(BrokerCollection.Name)]
public sealed class ProducerTests(BrokerFixture broker)
{
    [Fact]
    public async Task ARecordComesBackAsItWasSent()
    {
        var topic = await broker.NewTopicAsync(1);
        await using var producer = broker.Client.CreateProducer<string, string>();
        var time = DateTimeOffset.FromUnixTimeMilliseconds(1_700_000_000_123);
        var result = await producer.ProduceAsync(new ProducerRecord<string, string>
        {
            Topic = topic,
            Key = "key",
            Value = "value",
            Timestamp = time,
            Headers = new Headers { { "name", "text" }, { "empty", (ReadOnlyMemory<byte>?)null } },
        });

        Assert.Equal(new ProduceResult(new TopicPartition(topic, 0), Offset.Zero, time), result);
        var record = Assert.Single(await broker.Client.ReadAllAsync(topic));
        Assert.Equal(("key", "value", time), (record.Key, record.Value, record.Timestamp));
        Assert.Equal("text", record.Headers.GetString("name"));
        Assert.Equal(["name", "empty"], record.Headers.Select(header => header.Key));
        Assert.Null(record.Headers[1].Value);
    }

    [Fact]
    public async Task NullsAreTombstonesAndMissingKeys()
    {
        var topic = await broker.NewTopicAsync(1);
        await using var producer = broker.Client.CreateProducer<string?, string?>(options =>
            (options.KeySerializer, options.ValueSerializer) = (Client.Serialization.Serdes.Utf8!, Client.Serialization.Serdes.Utf8!));
        await producer.ProduceAsync(topic, "k", null);
        await producer.ProduceAsync(topic, null, "");

        var records = await broker.Client.ReadAllAsync(topic);
        Assert.True(records[0] is { HasKey: true, IsTombstone: true, Value: null });
        Assert.True(records[1] is { HasKey: false, IsTombstone: false, Key: null, Value: "" });
    }

    [Fact]
    public async Task KeysGoWhereTheJavaClientPutsThem()
    {
        var topic = await broker.NewTopicAsync(7);
        await using var producer = broker.Client.CreateProducer<string, string>();
        foreach (var key in new[] { "21", "foobar", "abc", "" })
        {
            var result = await producer.ProduceAsync(topic, key, "v");
            Assert.Equal(Murmur2.Partition(System.Text.Encoding.UTF8.GetBytes(key), 7), result.Partition.Partition);
        }
    }

    [Fact]
    public async Task RoundRobinTakesEachPartitionInTurn()
    {
        var topic = await broker.NewTopicAsync(3);
        await using var producer = broker.Client.CreateProducer<byte[], string>(options => options.Keyless = KeylessPartitioning.RoundRobin);
        var chosen = new List<int>();
        for (var i = 0; i < 6; i++)
        {
            chosen.Add((await producer.ProduceAsync(new ProducerRecord<byte[], string> { Topic = topic, Value = "v" })).Partition.Partition);
        }

        Assert.Equal([0, 1, 2, 0, 1, 2], chosen);
    }

    [Fact]
    public async Task ACustomPartitionerAndAnExplicitPartitionDecide()
    {
        var topic = await broker.NewTopicAsync(3);
        await using var producer = broker.Client.CreateProducer<string, string>(options => options.Partitioner = new Last());

        Assert.Equal(2, (await producer.ProduceAsync(topic, "k", "v")).Partition.Partition);
        Assert.Equal(1, (await producer.ProduceAsync(new ProducerRecord<string, string> { Topic = topic, Value = "v", Partition = 1 })).Partition.Partition);
        var failure = await Assert.ThrowsAsync<UnknownTopicException>(async () =>
            await producer.ProduceAsync(new ProducerRecord<string, string> { Topic = topic, Value = "v", Partition = 3 }));
        Assert.Contains("0 to 2", failure.Message);
    }

    [Theory]
    [InlineData(CompressionType.None)]
    [InlineData(CompressionType.Gzip)]
    public async Task RecordsUnderWayTogetherKeepTheirOrderAndShareBatches(CompressionType compression)
    {
        var topic = await broker.NewTopicAsync(1);
        await using var producer = broker.Client.CreateProducer<string, int>(options => options.Compression = compression);
        var deliveries = new List<Delivery>();
        for (var i = 0; i < 5_000; i++)
        {
            deliveries.Add(await producer.EnqueueAsync(new ProducerRecord<string, int> { Topic = topic, Key = "k", Value = i }));
        }

        await producer.FlushAsync();
        for (var i = 0; i < deliveries.Count; i++)
        {
            Assert.Equal(i, (await deliveries[i].Acknowledgement).Offset.Value);
        }

        await using var consumer = broker.Client.CreateConsumer<string, int>(options => options.OffsetReset = OffsetReset.Earliest);
        consumer.Assign(new TopicPartition(topic, 0));
        Assert.Equal(Enumerable.Range(0, 5_000), (await consumer.TakeAsync(5_000)).Select(record => record.Value));
    }

    [Fact]
    public async Task ManyCallersThatAwaitEachRecordShareBatches()
    {
        var topic = await broker.NewTopicAsync(1);
        await using var producer = broker.Client.CreateProducer<int, int>();
        await producer.ProduceAsync(topic, 0, 0);
        using var batches = new BatchCounter(topic);
        await Task.WhenAll(Enumerable.Range(1, 250).Select(async caller =>
        {
            for (var i = 0; i < 20; i++)
            {
                await producer.ProduceAsync(topic, caller, i);
            }
        }));

        Assert.Equal(5_000, batches.Records);
        Assert.True(batches.Count * 4 < batches.Records, $"{batches.Count} batches for {batches.Records} records");
    }

    [Fact]
    public async Task AFullBufferMakesCallersWaitAndLosesNothing()
    {
        var topic = await broker.NewTopicAsync(2);
        await using var producer = broker.Client.CreateProducer<int, byte[]>(options => options.BufferMemory = 4 * 1024);
        var sent = new List<ValueTask<ProduceResult>>();
        for (var i = 0; i < 500; i++)
        {
            sent.Add(producer.ProduceAsync(new ProducerRecord<int, byte[]> { Topic = topic, Value = new byte[200], Partition = 0 }));
        }

        for (var i = 0; i < sent.Count; i++)
        {
            Assert.Equal(i, (await sent[i]).Offset.Value);
        }
    }

    [Fact]
    public async Task LingeringIsCutShortByAFlush()
    {
        var topic = await broker.NewTopicAsync(1);
        await using var producer = broker.Client.CreateProducer<string, string>(options => options.Linger = TimeSpan.FromHours(1));
        var sent = producer.ProduceAsync(topic, "k", "v").AsTask();
        while (await Task.WhenAny(sent, producer.FlushAsync().AsTask()) != sent)
        {
            await Task.Yield();
        }

        Assert.Equal(0, (await sent).Offset.Value);
    }

    [Fact]
    public async Task AcksNoneAnswersWithoutAnOffset()
    {
        var topic = await broker.NewTopicAsync(1);
        await using var producer = broker.Client.CreateProducer<string, string>(options => (options.Acks, options.Idempotence) = (Acknowledgement.None, false));
        Assert.Equal(Offset.None, (await producer.ProduceAsync(topic, "k", "v")).Offset);
        await producer.FlushAsync();

        // Nobody has waited until it is stored.
        await using var consumer = broker.Client.CreateConsumer<string, string>(options => options.OffsetReset = OffsetReset.Earliest);
        consumer.Assign(new TopicPartition(topic, 0));
        Assert.Equal("v", (await consumer.TakeAsync(1))[0].Value);
    }

    [Fact]
    public async Task TopicsAreCreatedWhenAskedFor()
    {
        var topic = broker.NewName();
        await using var producer = broker.Client.CreateProducer<string, string>(options => options.CreateTopics = true);
        Assert.Equal(0, (await producer.ProduceAsync(topic, "k", "v")).Offset.Value);
    }

    [Fact]
    public void ContradictingOptionsAreRefused()
    {
        var failure = Assert.Throws<InvalidOperationException>(() => broker.Client.CreateProducer<string, string>(options => options.Acks = Acknowledgement.Leader));
        Assert.Contains("Idempotence", failure.Message);
    }

    private sealed class Last : IPartitioner
    {
        public int Choose(string topic, ReadOnlySpan<byte> key, bool hasKey, int partitionCount) => partitionCount - 1;
    }
}
