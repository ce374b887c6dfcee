using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using OrleansStreaming.Client;
using OrleansStreaming.Client.Admin;
using OrleansStreaming.Client.Hosting;
using OrleansStreaming.Records.Compression;
using OrleansStreaming.Testing;

// Sends the lines of the standard input to a topic and reads them back:  seq 1 100000 | dotnet run
// to the brokers that share a directory, or, when none is named, to one inside this process:  seq 1 100000 | dotnet run ./data/cluster
using var host = args is [var directory] ? await ConnectAsync(directory) : null;
await using var cluster = host is null ? await StreamingTestCluster.StartAsync() : null;
var client = host?.Services.GetRequiredService<IStreamingClient>() ?? cluster!.Client;

const string Topic = "lines";
if (await client.Admin.FindTopicAsync(Topic) is null)
{
    await client.Admin.CreateTopicAsync(new NewTopic(Topic) { PartitionCount = 1 });
}

Delivery? first = null;
Delivery? last = null;
await using (var producer = client.CreateProducer<byte[], string>(options => options.Compression = CompressionType.Gzip))
{
    while (await Console.In.ReadLineAsync() is { } line)
    {
        // Waits only while the buffer is full, not for each acknowledgement.
        last = await producer.EnqueueAsync(new ProducerRecord<byte[], string> { Topic = Topic, Value = line });
        first ??= last;
    }

    await producer.FlushAsync();
}

if (first is not { } begin || last is not { } end)
{
    return;
}

var from = (await begin.Acknowledgement).Offset;
var to = (await end.Acknowledgement).Offset;
await using var consumer = client.CreateConsumer<byte[], string>();
consumer.Assign(begin.Partition);
consumer.Seek(begin.Partition, from);
await foreach (var record in consumer.ConsumeAsync())
{
    Console.WriteLine(record.Value);
    if (record.Offset >= to)
    {
        break;
    }
}

await Console.Error.WriteLineAsync($"offsets {from} to {to}");

// An Orleans client: it is part of no broker, and goes on with others when one is gone.
static async Task<IHost> ConnectAsync(string directory)
{
    var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
    builder.UseOrleansClient(client => client.UseClusterDirectory(directory));
    builder.Services.AddOrleansStreaming(options =>
    {
        options.ClientId = "console";
        options.MetadataTimeout = TimeSpan.FromMinutes(1); // the brokers may still be starting
    });
    var host = builder.Build();
    await host.StartAsync();
    return host;
}
