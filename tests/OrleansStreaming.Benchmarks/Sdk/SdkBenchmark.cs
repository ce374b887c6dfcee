using System.Diagnostics;
using OrleansStreaming.Benchmarks.Endpoints;
using OrleansStreaming.Benchmarks.Processes;
using OrleansStreaming.Client;
using OrleansStreaming.Client.Admin;
using OrleansStreaming.Testing;

namespace OrleansStreaming.Benchmarks.Sdk;

/// <summary>
/// The SDK beside its broker and by grain calls alone, against librdkafka on the Kafka endpoint: the same records, the same number
/// of partitions, acks=all, in turns. Checks that nothing is lost or out of order while it measures.
/// </summary>
internal static class SdkBenchmark
{
    private const int RecordBytes = 100;
    private const int CallerBytes = 256;
    private const int Callers = 250;
    private const double CallsGoal = 20_000;
    private const double CoHostedGoal = 1.0;

    public static async Task<int> RunAsync(int records, int rounds, string folder)
    {
        var rates = new Dictionary<string, List<double>>();
        await using (var cluster = await StreamingTestCluster.StartAsync())
        await using (var byCalls = StreamingClient.Create(cluster.Grains))
        {
            await RoundAsync("co-hosted", cluster.Client, records / 10, []); // warm
            await RoundAsync("grain calls", byCalls, records / 10, []);
            for (var round = 0; round < rounds; round++)
            {
                await RoundAsync("co-hosted", cluster.Client, records, rates);
                await RoundAsync("grain calls", byCalls, records, rates);
            }
        }

        await KafkaRoundsAsync(records, rounds, folder, rates);
        Console.WriteLine($"{records:#,0} records of {RecordBytes} B, {NullBroker.Partitions} partitions, acks=all, best of {rounds} each:");
        foreach (var (what, measured) in rates)
        {
            Measurement.Note(what, measured.Max() / 1e6, "M/s");
        }

        var reached = true;
        foreach (var way in new[] { "produce", "consume" })
        {
            reached &= Measurement.Report(
                $"{way}: co-hosted / Kafka endpoint", rates[$"{way}, co-hosted"].Max() / rates[$"{way}, Kafka endpoint"].Max(), "", CoHostedGoal);
        }

        return reached & await CallersAsync() ? 0 : 1;
    }

    private static async Task RoundAsync(string who, IStreamingClient client, int records, Dictionary<string, List<double>> rates)
    {
        var topic = await NewTopicAsync(client);
        var start = Stopwatch.GetTimestamp();
        await using (var producer = client.CreateProducer<byte[], byte[]>())
        {
            var value = new byte[RecordBytes];
            for (var i = 0; i < records; i++)
            {
                await producer.EnqueueAsync(new ProducerRecord<byte[], byte[]> { Topic = topic, Value = value });
            }

            await producer.FlushAsync();
            Add(rates, $"produce, {who}", records / Stopwatch.GetElapsedTime(start).TotalSeconds);
        }

        await using var consumer = client.CreateConsumer<byte[], byte[]>(options => options.OffsetReset = OffsetReset.Earliest);
        consumer.Subscribe(topic);
        var next = new long[NullBroker.Partitions];
        var left = records;
        start = Stopwatch.GetTimestamp();
        await foreach (var record in consumer.ConsumeAsync())
        {
            if (record.Offset.Value != next[record.Partition.Partition]++)
            {
                throw new InvalidOperationException($"{record.Partition} offset {record.Offset} came out of order.");
            }

            if (--left == 0)
            {
                break;
            }
        }

        Add(rates, $"consume, {who}", records / Stopwatch.GetElapsedTime(start).TotalSeconds);
    }

    private static async Task KafkaRoundsAsync(int records, int rounds, string folder, Dictionary<string, List<double>> rates)
    {
        var client = await LoadClient.BuildAsync();
        await using var broker = await ServedProcess.StartBrokerAsync(folder);
        await client.ProduceAsync(broker.Bootstrap, "warm", records / 10, RecordBytes, "all");
        for (var round = 0; round < rounds; round++)
        {
            var topic = $"sdk-{round}";
            Add(rates, "produce, Kafka endpoint", await client.ProduceAsync(broker.Bootstrap, topic, records, RecordBytes, "all"));
            Add(rates, "consume, Kafka endpoint", await client.ConsumeAsync(broker.Bootstrap, topic, records));
        }
    }

    /// <summary>Callers that each await every one of their records before the next.</summary>
    private static async Task<bool> CallersAsync()
    {
        const int Each = 400;
        await using var cluster = await StreamingTestCluster.StartAsync();
        var topic = await NewTopicAsync(cluster.Client);
        await using var producer = cluster.Client.CreateProducer<int, byte[]>();
        await CallAsync(producer, topic, Each / 10);
        var start = Stopwatch.GetTimestamp();
        var latencies = await CallAsync(producer, topic, Each);
        var seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
        Array.Sort(latencies);
        Console.WriteLine($"{Callers} callers, each awaiting every record of {CallerBytes} B, acks=all:");
        Measurement.Note("median", latencies[latencies.Length / 2], "ms");
        Measurement.Note("99 %", latencies[(int)(latencies.Length * 0.99)], "ms");
        return Measurement.Report("records a second", latencies.Length / seconds, "1/s", CallsGoal);
    }

    private static async Task<double[]> CallAsync(IProducer<int, byte[]> producer, string topic, int each)
    {
        var all = await Task.WhenAll(Enumerable.Range(0, Callers).Select(caller => Task.Run(async () =>
        {
            var latencies = new double[each];
            var value = new byte[CallerBytes];
            for (var i = 0; i < each; i++)
            {
                var start = Stopwatch.GetTimestamp();
                await producer.ProduceAsync(topic, caller, value);
                latencies[i] = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
            }

            return latencies;
        })));
        return [.. all.SelectMany(latencies => latencies)];
    }

    private static async Task<string> NewTopicAsync(IStreamingClient client)
    {
        var topic = $"sdk-{Guid.NewGuid():N}";
        await client.Admin.CreateTopicAsync(new NewTopic(topic) { PartitionCount = NullBroker.Partitions });
        return topic;
    }

    private static void Add(Dictionary<string, List<double>> rates, string what, double rate)
    {
        if (!rates.TryGetValue(what, out var measured))
        {
            rates[what] = measured = [];
        }

        measured.Add(rate);
    }
}
