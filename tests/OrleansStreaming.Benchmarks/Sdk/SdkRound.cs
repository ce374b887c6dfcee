using System.Buffers.Binary;
using System.Diagnostics;
using OrleansStreaming.Benchmarks.Endpoints;
using OrleansStreaming.Client;
using OrleansStreaming.Client.Admin;

namespace OrleansStreaming.Benchmarks.Sdk;

/// <summary>
/// Produces and consumes once with the SDK, and checks every record on the way: all of them are there, once, and those of a key
/// in the order they were sent. Key and value have 100 bytes together.
/// </summary>
internal static class SdkRound
{
    public const int RecordBytes = 100;

    private const int Keys = 1000;
    private const int ValueBytes = RecordBytes - sizeof(int);

    /// <returns>Records per second, until the last acknowledgement and until the last record.</returns>
    /// <exception cref="InvalidOperationException">A record is missing, doubled or out of order.</exception>
    public static async Task<(double Produced, double Consumed)> RunAsync(IStreamingClient client, int records)
    {
        var topic = $"sdk-{Guid.NewGuid():N}";
        await client.Admin.CreateTopicAsync(new NewTopic(topic) { PartitionCount = NullBroker.Partitions });
        return (records / await ProduceAsync(client, topic, records), records / await ConsumeAsync(client, topic, records));
    }

    private static async Task<double> ProduceAsync(IStreamingClient client, string topic, int records)
    {
        var start = Stopwatch.GetTimestamp();
        await using var producer = client.CreateProducer<int, byte[]>();
        var value = new byte[ValueBytes];
        for (var i = 0; i < records; i++)
        {
            BinaryPrimitives.WriteInt32LittleEndian(value, i / Keys);
            await producer.EnqueueAsync(new ProducerRecord<int, byte[]> { Topic = topic, Key = i % Keys, Value = value });
        }

        await producer.FlushAsync();
        return Stopwatch.GetElapsedTime(start).TotalSeconds;
    }

    private static async Task<double> ConsumeAsync(IStreamingClient client, string topic, int records)
    {
        await using var consumer = client.CreateConsumer<int, byte[]>(options => options.OffsetReset = OffsetReset.Earliest);
        consumer.Subscribe(topic);
        var next = new int[Keys];
        var left = records;
        var start = Stopwatch.GetTimestamp();
        await foreach (var record in consumer.ConsumeAsync())
        {
            var number = BinaryPrimitives.ReadInt32LittleEndian(record.Value);
            if (number != next[record.Key]++)
            {
                throw new InvalidOperationException($"Key {record.Key}: record {number} came instead of {next[record.Key] - 1}.");
            }

            if (--left == 0)
            {
                break;
            }
        }

        return Stopwatch.GetElapsedTime(start).TotalSeconds;
    }
}
