using OrleansStreaming.Client;
using OrleansStreaming.Client.Admin;
using OrleansStreaming.Records.Compression;
using OrleansStreaming.Records.Ids;
using OrleansStreaming.Testing;

// Sends the lines of the standard input to a topic and reads them back:  seq 1 100000 | dotnet run
await using var cluster = await StreamingTestCluster.StartAsync();

// Made of the grain factory alone, this client knows no more of the broker than one of another process does: metadata, appends
// and fetches are grain calls. With UseOrleansClient, pass the IClusterClient of the container.
await using var client = StreamingClient.Create(cluster.Grains, new StreamingClientOptions { ClientId = "console" });
const string Topic = "lines";
await client.Admin.CreateTopicAsync(new NewTopic(Topic) { PartitionCount = 1 });

var count = 0L;
await using (var producer = client.CreateProducer<byte[], string>(options => options.Compression = CompressionType.Gzip))
{
    while (await Console.In.ReadLineAsync() is { } line)
    {
        // Waits only while the buffer is full, not for each acknowledgement.
        await producer.EnqueueAsync(new ProducerRecord<byte[], string> { Topic = Topic, Value = line });
        count++;
    }

    await producer.FlushAsync();
}

await using var consumer = client.CreateConsumer<byte[], string>(options => options.OffsetReset = OffsetReset.Earliest);
var partition = new TopicPartition(Topic, 0);
consumer.Assign(partition);
if (count > 0)
{
    await foreach (var record in consumer.ConsumeAsync())
    {
        Console.WriteLine(record.Value);
        if (record.Offset.Value == count - 1)
        {
            break;
        }
    }
}

Console.Error.WriteLine($"{count} lines, lag {consumer.Lag(partition) ?? 0}");
