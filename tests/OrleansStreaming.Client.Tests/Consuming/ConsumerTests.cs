using OrleansStreaming.Client.Admin;
using OrleansStreaming.Client.Tests.Support;
using OrleansStreaming.Records.Ids;

namespace OrleansStreaming.Client.Tests.Consuming;

[Collection(BrokerCollection.Name)]
public sealed class ConsumerTests(BrokerFixture broker)
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task AllRecordsOfAllPartitionsComeInOrder(bool isRemote)
    {
        var topic = await FilledTopicAsync(partitions: 3, count: 300);
        await using var remote = broker.NewRemoteClient();
        var client = isRemote ? remote : broker.Client;
        await using var consumer = client.CreateConsumer<string, int>(options =>
        {
            options.OffsetReset = OffsetReset.Earliest;
            options.Topics.Add(topic);
            options.MaxPartitionFetchBytes = 1024;
        });
        var records = await consumer.TakeAsync(300);

        Assert.Equal(Enumerable.Range(0, 300), records.Select(record => record.Value).Order());
        Assert.All(records.GroupBy(record => record.Partition), partition =>
            Assert.Equal(Enumerable.Range(0, partition.Count()).Select(offset => (long)offset), partition.Select(record => record.Offset.Value)));
    }

    [Fact]
    public async Task AWaitingConsumerSeesNewRecords()
    {
        var topic = await broker.NewTopicAsync(1);
        await using var consumer = broker.Client.CreateConsumer<string, int>(options => options.OffsetReset = OffsetReset.Earliest);
        consumer.Subscribe(topic);
        var reading = consumer.TakeAsync(2);
        await using var producer = broker.Client.CreateProducer<string, int>();
        await producer.ProduceAsync(topic, "k", 1);
        await producer.ProduceAsync(topic, "k", 2);

        Assert.Equal([1, 2], (await reading).Select(record => record.Value));
    }

    [Fact]
    public async Task BatchesComeAsTheyWereStored()
    {
        var topic = await FilledTopicAsync(partitions: 1, count: 100);
        await using var consumer = broker.Client.CreateConsumer<string, int>(options => options.OffsetReset = OffsetReset.Earliest);
        consumer.Assign(new TopicPartition(topic, 0));
        var values = new List<int>();
        using var limit = new CancellationTokenSource(BrokerFixture.Limit);
        await foreach (var batch in consumer.ConsumeBatchesAsync(limit.Token))
        {
            Assert.Equal(batch.NextOffset, batch.Records[^1].Offset + 1);
            values.AddRange(batch.Records.Select(record => record.Value));
            if (values.Count == 100)
            {
                break;
            }
        }

        Assert.Equal(Enumerable.Range(0, 100), values);
    }

    [Fact]
    public async Task SeekingGoesAnywhere()
    {
        var topic = await FilledTopicAsync(partitions: 1, count: 50);
        var partition = new TopicPartition(topic, 0);
        await using var consumer = broker.Client.CreateConsumer<string, int>(options => options.OffsetReset = OffsetReset.Earliest);
        consumer.Assign(partition);
        consumer.Seek(partition, new Offset(40));
        Assert.Equal(40, (await consumer.TakeAsync(1))[0].Value);

        await consumer.SeekToBeginningAsync();
        Assert.Equal([0, 1], (await consumer.TakeAsync(2)).Select(record => record.Value));
        Assert.Equal(new Offset(2), consumer.Position(partition));

        await consumer.SeekToTimeAsync(DateTimeOffset.FromUnixTimeMilliseconds(30));
        Assert.Equal(30, (await consumer.TakeAsync(1))[0].Value);
        Assert.Equal(19, consumer.Lag(partition));

        await consumer.SeekToEndAsync();
        Assert.Equal(new Offset(50), consumer.Position(partition));
    }

    [Fact]
    public async Task AnOffsetThatIsGoneIsResetOrTold()
    {
        var topic = await FilledTopicAsync(partitions: 1, count: 20);
        var partition = new TopicPartition(topic, 0);
        await broker.Cluster.Admin.DeleteRecordsAsync(new Dictionary<TopicPartition, Offset> { [partition] = new Offset(10) });
        await using var patient = broker.Client.CreateConsumer<string, int>(options => options.OffsetReset = OffsetReset.Earliest);
        patient.Assign(partition);
        patient.Seek(partition, Offset.Zero);
        Assert.Equal(10, (await patient.TakeAsync(1))[0].Value);

        await using var strict = broker.Client.CreateConsumer<string, int>(options => options.OffsetReset = OffsetReset.Fail);
        strict.Assign(partition);
        strict.Seek(partition, Offset.Zero);
        var failure = await Assert.ThrowsAsync<NoOffsetException>(() => strict.TakeAsync(1));
        Assert.Equal(partition, failure.Partition);
        strict.Seek(partition, new Offset(15));
        Assert.Equal(15, (await strict.TakeAsync(1))[0].Value);
    }

    [Fact]
    public async Task PausedPartitionsWait()
    {
        var topic = await FilledTopicAsync(partitions: 2, count: 40);
        await using var consumer = broker.Client.CreateConsumer<string, int>(options => options.OffsetReset = OffsetReset.Earliest);
        TopicPartition[] both = [new(topic, 0), new(topic, 1)];
        consumer.Assign(both);
        var first = (await consumer.TakeAsync(1))[0];
        var other = both.Single(partition => partition != first.Partition);
        consumer.Pause(other);
        var count = (await broker.Cluster.Admin.GetOffsetsAsync([first.Partition], OffsetQuery.Latest))[first.Partition].Value;
        Assert.All(await consumer.TakeAsync((int)count - 1), record => Assert.Equal(first.Partition, record.Partition));

        consumer.Resume(other);
        Assert.All(await consumer.TakeAsync(40 - (int)count), record => Assert.Equal(other, record.Partition));
    }

    [Fact]
    public async Task PoisonRecordsAreToldSkippedOrKept()
    {
        var topic = await broker.NewTopicAsync(1);
        var letters = await broker.NewTopicAsync(1);
        await using (var producer = broker.Client.CreateProducer<string, byte[]>())
        {
            await producer.ProduceAsync(topic, "good", [0, 0, 0, 1]);
            await producer.ProduceAsync(topic, "bad", [9, 9], new Headers { { "own", "x" } });
            await producer.ProduceAsync(topic, "good", [0, 0, 0, 3]);
        }

        await using var strict = NewConsumer(PoisonRecords.Fail);
        var failure = await Assert.ThrowsAsync<RecordDeserializationException>(() => strict.TakeAsync(3));
        Assert.Equal(new Offset(1), failure.Offset);

        await using var lenient = NewConsumer(PoisonRecords.Skip);
        Assert.Equal([1, 3], (await lenient.TakeAsync(2)).Select(record => record.Value));

        await using var keeping = NewConsumer(PoisonRecords.DeadLetter);
        Assert.Equal([1, 3], (await keeping.TakeAsync(2)).Select(record => record.Value));
        await using var reader = broker.Client.CreateConsumer<string, byte[]>(options => options.OffsetReset = OffsetReset.Earliest);
        reader.Subscribe(letters);
        var letter = (await reader.TakeAsync(1))[0];
        Assert.Equal([9, 9], letter.Value);
        Assert.Equal(("x", topic, "1"), (letter.Headers.GetString("own"), letter.Headers.GetString("dead-letter.topic"), letter.Headers.GetString("dead-letter.offset")));

        IConsumer<string, int> NewConsumer(PoisonRecords handling) => broker.Client.CreateConsumer<string, int>(options =>
        {
            options.OffsetReset = OffsetReset.Earliest;
            options.Topics.Add(topic);
            (options.PoisonRecords, options.DeadLetterTopic) = (handling, letters);
        });
    }

    [Fact]
    public async Task TheApplicationSendsDeadLettersToo()
    {
        var topic = await FilledTopicAsync(partitions: 1, count: 3);
        var letters = await broker.NewTopicAsync(1);
        await using var consumer = broker.Client.CreateConsumer<string, int>(options => (options.OffsetReset, options.DeadLetterTopic) = (OffsetReset.Earliest, letters));
        consumer.Assign(new TopicPartition(topic, 0));
        var record = (await consumer.TakeAsync(2))[1];
        await consumer.DeadLetterAsync(record, "no stock");

        await using var reader = broker.Client.CreateConsumer<string, int>(options => options.OffsetReset = OffsetReset.Earliest);
        reader.Subscribe(letters);
        var letter = (await reader.TakeAsync(1))[0];
        Assert.Equal((record.Key, record.Value, "no stock"), (letter.Key, letter.Value, letter.Headers.GetString("dead-letter.reason")));
    }

    [Fact]
    public async Task WhatCannotBeReadIsToldAtOnce()
    {
        await using var nothing = broker.Client.CreateConsumer<string, int>();
        await Assert.ThrowsAsync<InvalidOperationException>(() => nothing.TakeAsync(1));

        StreamingClientOptions? patience = null;
        await using var remote = broker.NewRemoteClient(options => patience = options);
        await remote.Admin.ListTopicsAsync(); // knows the cluster from here on
        patience!.MetadataTimeout = TimeSpan.FromMilliseconds(100);
        await using var unknown = remote.CreateConsumer<string, int>(options => options.Topics.Add("nowhere"));
        await Assert.ThrowsAsync<UnknownTopicException>(() => unknown.TakeAsync(1));

        var closed = broker.Client.CreateConsumer<string, int>(options => options.Topics.Add("nowhere"));
        await closed.DisposeAsync();
        await Assert.ThrowsAsync<ClientClosedException>(() => closed.TakeAsync(1));
    }

    /// <summary>Values from 0 on, each with its value as timestamp.</summary>
    private async Task<string> FilledTopicAsync(int partitions, int count)
    {
        var topic = await broker.NewTopicAsync(partitions);
        await using var producer = broker.Client.CreateProducer<string, int>(options => options.BatchSize = 256);
        for (var i = 0; i < count; i++)
        {
            await producer.EnqueueAsync(new ProducerRecord<string, int> { Topic = topic, Key = $"key-{i % 10}", Value = i, Timestamp = DateTimeOffset.FromUnixTimeMilliseconds(i) });
        }

        return topic;
    }
}
