using Microsoft.Extensions.DependencyInjection;
using OrleansStreaming.Client.Admin;
using OrleansStreaming.Client.Hosting;
using OrleansStreaming.Client.Serialization;
using OrleansStreaming.Client.Tests.Support;
using OrleansStreaming.Records.Compression;
using OrleansStreaming.Records.Ids;
using OrleansStreaming.Testing;

namespace OrleansStreaming.Client.Tests.Snippets;

/// <summary>The README's snippets, compiled and run here; <see cref="ReadmeTests"/> compares the text between the markers.</summary>
[Collection(BrokerCollection.Name)]
public sealed class ReadmeSnippets(BrokerFixture broker)
{
    [Fact]
    public async Task FiveMinutes()
    {
        using var stop = new CancellationTokenSource(BrokerFixture.Limit);
        var stopping = stop.Token;
        var words = new List<string>();

        // begin five-minutes
        await using var cluster = await StreamingTestCluster.StartAsync(); // a broker in this process
        await cluster.Admin.CreateTopicAsync(new NewTopic("words") { PartitionCount = 3 });

        await using var producer = cluster.Client.CreateProducer<string, string>();
        var stored = await producer.ProduceAsync("words", "greeting", "hello");
        Console.WriteLine($"{stored.Partition} offset {stored.Offset}");

        await using var consumer = cluster.Client.CreateConsumer<string, string>(options =>
        {
            options.GroupId = "readers";
            options.Topics.Add("words");
            options.OffsetReset = OffsetReset.Earliest;
        });
        await foreach (var record in consumer.ConsumeAsync(stopping))
        {
            Console.WriteLine($"{record.Key}: {record.Value}");
            // end five-minutes
            words.Add(record.Value!);
            break;
        }

        Assert.Equal(["hello"], words);
    }

    [Fact]
    public async Task Container()
    {
        var services = new ServiceCollection();
        services.AddSingleton(broker.Cluster.Grains);

        // begin container
        services.AddOrleansStreaming(options =>
        {
            options.ClientId = "shop";
            options.Producer.Compression = CompressionType.Gzip;
            options.Serializers.AddJson(ShopJson.Default); // source-generated: no reflection
        });
        services.AddHealthChecks().AddOrleansStreaming();
        // end container

        await using var provider = services.BuildServiceProvider();
        var topic = await broker.NewTopicAsync(1);
        var producer = provider.GetRequiredService<IProducer<string, Purchase>>();
        Assert.Equal(0, (await producer.ProduceAsync(topic, "k", new Purchase("apples", 2))).Offset.Value);
    }

    [Fact]
    public async Task Producing()
    {
        var client = broker.Client;
        var topic = await broker.NewTopicAsync(3);
        var lines = new[] { "a", "b", "c" };
        var cancellation = CancellationToken.None;

        // begin producing
        await using var producer = client.CreateProducer<string, string>(options =>
        {
            options.Linger = TimeSpan.FromMilliseconds(5); // default: none, batches grow with the load
            options.BatchSize = 128 * 1024;
        });

        // Acknowledged by all in-sync replicas, stored once, in order; any number of callers share batches.
        await producer.ProduceAsync(topic, "customer-7", "two apples", new Headers { { "origin", "shop" } }, cancellation);

        // Many records under way: awaiting EnqueueAsync is the back-pressure, the acknowledgement comes later.
        var deliveries = new List<Delivery>();
        foreach (var line in lines)
        {
            deliveries.Add(await producer.EnqueueAsync(new ProducerRecord<string, string> { Topic = topic, Value = line }, cancellation));
        }

        await producer.FlushAsync(cancellation);
        foreach (var delivery in deliveries)
        {
            ProduceResult stored = await delivery.Acknowledgement; // throws what became of the record
        }
        // end producing

        Assert.Equal(4, (await client.ReadAllAsync(topic)).Count);
    }

    [Fact]
    public async Task Consuming()
    {
        var client = broker.Client;
        var topic = await broker.NewTopicAsync(1);
        await broker.NewTopicAsync(1);
        await using (var producer = client.CreateProducer<string, string>())
        {
            await producer.ProduceAsync(topic, "k", "v");
        }

        using var stop = new CancellationTokenSource(BrokerFixture.Limit);
        var stopping = stop.Token;
        var handled = 0;

        // begin consuming
        await using var consumer = client.CreateConsumer<string, string>(options =>
        {
            options.GroupId = "billing"; // shared with Kafka clients of the same group
            options.Topics.Add(topic);
            options.OffsetReset = OffsetReset.Earliest;
            options.CommitMode = CommitMode.PerBatch; // or Automatic, PerRecord, Manual
            options.PoisonRecords = PoisonRecords.Skip; // or Fail, DeadLetter
        });

        await foreach (var batch in consumer.ConsumeBatchesAsync(stopping))
        {
            foreach (var record in batch.Records)
            {
                using var span = record.StartActivity(); // child of the producer's trace
                Handle(record);
            }
            // end consuming
            break;
        }

        // begin seeking
        var partition = new TopicPartition(topic, 0);
        await using var reader = client.CreateConsumer<string, string>(); // no group: positions are your own
        reader.Assign(partition);
        reader.Seek(partition, new Offset(0));
        // end seeking

        Assert.Equal("v", (await reader.TakeAsync(1))[0].Value);
        Assert.Equal(1, handled);

        void Handle(ConsumedRecord<string, string> record) => handled++;
    }

    [Fact]
    public async Task Administration()
    {
        var client = broker.Client;
        var topic = await broker.NewTopicAsync(1);
        var group = broker.NewName("group");
        await using (var producer = client.CreateProducer<string, string>())
        {
            await producer.ProduceAsync(topic, "k", "v");
        }

        // begin administration
        await client.Admin.CreatePartitionsAsync(topic, 6);
        var partitions = (await client.Admin.FindTopicAsync(topic))!.Partitions.Select(partition => new TopicPartition(topic, partition.Partition));
        var yesterday = await client.Admin.GetOffsetsAsync(partitions, OffsetQuery.At(DateTimeOffset.UtcNow.AddDays(-1)));
        await client.Admin.SetGroupOffsetsAsync(group, yesterday);
        foreach (var offset in await client.Admin.GetGroupOffsetsAsync(group))
        {
            Console.WriteLine($"{offset.Partition}: {offset.Committed}, lag {offset.Lag}");
        }
        // end administration

        Assert.Single(yesterday);
    }
}
