using OrleansStreaming.Client.Admin;
using OrleansStreaming.Client.Tests.Support;
using OrleansStreaming.Records.Ids;
using OrleansStreaming.Testing;

namespace OrleansStreaming.Client.Tests.Producing;

/// <summary>What a producer does when the way to the broker fails, and what it tells.</summary>
public sealed class FailureTests : IAsyncLifetime
{
    private const string Topic = "t";

    private StreamingTestCluster _cluster = null!;

    public async Task InitializeAsync()
    {
        _cluster = await StreamingTestCluster.StartAsync(options => options.ConfigureClient = client =>
        {
            client.MetadataTimeout = BrokerFixture.Limit;
            client.RetryBackoff = TimeSpan.FromMilliseconds(1);
            client.RetryBackoffMax = TimeSpan.FromMilliseconds(5);
        });
        await _cluster.Admin.CreateTopicAsync(new NewTopic(Topic) { PartitionCount = 1 });
    }

    public async Task DisposeAsync() => await _cluster.DisposeAsync();

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    public async Task LostAcknowledgementsDuplicateNothing(int lost)
    {
        await using var producer = _cluster.Client.CreateProducer<string, int>(options => options.BatchSize = 200);
        await producer.ProduceAsync(Topic, "k", -1);
        _cluster.Faults.LoseAcknowledgements(lost);
        var sent = Enumerable.Range(0, 200).Select(i => producer.ProduceAsync(Topic, "k", i)).ToArray();
        for (var i = 0; i < sent.Length; i++)
        {
            Assert.Equal(i + 1, (await sent[i]).Offset.Value);
        }

        Assert.Equal(Enumerable.Range(-1, 201), await ReadValuesAsync(201));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    public async Task LostBatchesAreSentAgainInOrder(int lost)
    {
        await using var producer = _cluster.Client.CreateProducer<string, int>(options => options.BatchSize = 200);
        await producer.ProduceAsync(Topic, "k", -1);
        _cluster.Faults.LoseAppends(lost);
        var sent = Enumerable.Range(0, 200).Select(i => producer.ProduceAsync(Topic, "k", i)).ToArray();
        foreach (var one in sent)
        {
            await one;
        }

        Assert.Equal(Enumerable.Range(-1, 201), await ReadValuesAsync(201));
    }

    [Fact]
    public async Task RecordsThatAreGivenUpDoNotStopLaterOnes()
    {
        _cluster.Faults.IsUnreachable = true;
        await using var producer = _cluster.Client.CreateProducer<string, int>(options => options.DeliveryTimeout = TimeSpan.FromMilliseconds(50));
        var failure = await Assert.ThrowsAsync<DeliveryTimeoutException>(async () => await producer.ProduceAsync(Topic, "k", 1));
        Assert.Contains("may have been stored", failure.Message);

        _cluster.Faults.IsUnreachable = false;
        while (true)
        {
            try
            {
                await producer.ProduceAsync(Topic, "k", 2);
                break;
            }
            catch (DeliveryTimeoutException)
            {
                // A slow machine: the limit is short for the test's sake.
            }
        }

        Assert.Equal(2, (await ReadValuesAsync(1))[0]);
    }

    [Fact]
    public async Task AnUnknownTopicSaysWhatToDo()
    {
        var options = new StreamingClientOptions { MetadataTimeout = BrokerFixture.Limit };
        await using var client = StreamingClient.Create(_cluster.Grains, options);
        await client.Admin.ListTopicsAsync(); // knows the cluster from here on
        options.MetadataTimeout = TimeSpan.FromMilliseconds(100);
        await using var producer = client.CreateProducer<string, string>();
        var failure = await Assert.ThrowsAsync<UnknownTopicException>(async () => await producer.ProduceAsync("nowhere", "k", "v"));
        Assert.Equal("nowhere", failure.Topic);
        Assert.Contains("CreateTopic", failure.Message);
    }

    [Fact]
    public async Task ATooLargeRecordSaysTheLimit()
    {
        await using var producer = _cluster.Client.CreateProducer<string, byte[]>(options => options.MaxRecordSize = 100);
        var failure = await Assert.ThrowsAsync<RecordTooLargeException>(async () => await producer.ProduceAsync(Topic, "k", new byte[101]));
        Assert.Contains("100", failure.Message);
    }

    [Fact]
    public async Task ATopicsOwnLimitIsToldToo()
    {
        await _cluster.Admin.CreateTopicAsync(new NewTopic("small") { Configs = new Dictionary<string, string> { ["max.message.bytes"] = "500" } });
        await using var producer = _cluster.Client.CreateProducer<string, byte[]>();
        await Assert.ThrowsAsync<RecordTooLargeException>(async () => await producer.ProduceAsync("small", "k", new byte[1000]));
        Assert.Equal(0, (await producer.ProduceAsync("small", "k", new byte[100])).Offset.Value);
    }

    [Fact]
    public async Task AClosedProducerSaysSo()
    {
        var producer = _cluster.Client.CreateProducer<string, string>();
        await producer.DisposeAsync();
        await Assert.ThrowsAsync<ClientClosedException>(async () => await producer.ProduceAsync(Topic, "k", "v"));
    }

    [Fact]
    public async Task ABrokerThatIsAwayIsToldAfterTheTimeout()
    {
        var grains = _cluster.Grains;
        await _cluster.StopBrokerAsync();
        await using var client = StreamingClient.Create(grains, new StreamingClientOptions { MetadataTimeout = TimeSpan.FromMilliseconds(100) });
        await using var producer = client.CreateProducer<string, string>();
        var failure = await Assert.ThrowsAsync<BrokerUnavailableException>(async () => await producer.ProduceAsync(Topic, "k", "v"));
        Assert.Contains("Check that a broker runs", failure.Message);
        await Assert.ThrowsAsync<BrokerUnavailableException>(() => client.Admin.ListTopicsAsync());
    }

    [Fact]
    public async Task AConsumerWithoutABrokerIsToldAndGoesOnLater()
    {
        await using var client = StreamingClient.Create(_cluster.Grains, new StreamingClientOptions { RetryBackoffMax = TimeSpan.FromMilliseconds(5) });
        await using var producer = _cluster.Client.CreateProducer<string, int>();
        await producer.ProduceAsync(Topic, "k", 7);
        await using var consumer = client.CreateConsumer<string, int>(options =>
        {
            options.OffsetReset = OffsetReset.Earliest;
            options.UnavailableTimeout = TimeSpan.FromMilliseconds(50);
        });
        consumer.Assign(new TopicPartition(Topic, 0));
        _cluster.Faults.IsUnreachable = true;
        await Assert.ThrowsAsync<BrokerUnavailableException>(() => consumer.TakeAsync(1));

        _cluster.Faults.IsUnreachable = false;
        while (true)
        {
            try
            {
                Assert.Equal(7, (await consumer.TakeAsync(1))[0].Value);
                break;
            }
            catch (BrokerUnavailableException)
            {
                // A slow machine: the limit is short for the test's sake.
            }
        }
    }

    [Fact]
    public async Task ARestartedBrokerIsFoundAgain()
    {
        await using (var producer = _cluster.Client.CreateProducer<string, int>())
        {
            await producer.ProduceAsync(Topic, "k", 1);
        }

        await _cluster.CrashBrokerAsync();
        await _cluster.StartBrokerAsync();
        await using (var producer = _cluster.Client.CreateProducer<string, int>())
        {
            Assert.Equal(1, (await producer.ProduceAsync(Topic, "k", 2)).Offset.Value);
        }

        Assert.Equal([1, 2], await ReadValuesAsync(2));
    }

    [Fact]
    public async Task DisposingSendsWhatIsLeft()
    {
        var producer = _cluster.Client.CreateProducer<string, int>(options => options.Linger = TimeSpan.FromHours(1));
        var delivery = await producer.EnqueueAsync(new ProducerRecord<string, int> { Topic = Topic, Value = 5 });
        await producer.DisposeAsync();
        Assert.Equal(Offset.Zero, (await delivery.Acknowledgement).Offset);
    }

    private async Task<List<int>> ReadValuesAsync(int count)
    {
        await using var consumer = _cluster.Client.CreateConsumer<string, int>(options => options.OffsetReset = OffsetReset.Earliest);
        consumer.Assign(new TopicPartition(Topic, 0));
        return [.. (await consumer.TakeAsync(count)).Select(record => record.Value)];
    }
}
