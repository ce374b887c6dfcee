using System.Collections.Concurrent;
using OrleansStreaming.Cli.Clusters;
using OrleansStreaming.Client;

namespace OrleansStreaming.Cli.Native;

/// <summary>Appends records with the SDK's producer.</summary>
internal sealed class NativeWriter(IStreamingClient client, WriterOptions options) : IRecordWriter
{
    private readonly ConcurrentDictionary<string, bool> _known = new();

    private readonly IProducer<byte[], byte[]> _producer = client.CreateProducer<byte[], byte[]>(producer =>
    {
        producer.Acks = options.Acks;
        producer.Idempotence = options.Idempotence;
        producer.Compression = options.Compression;
        producer.BatchSize = options.BatchSize;
        producer.Linger = options.Linger;
        producer.BufferMemory = options.BufferMemory;
        producer.DeliveryTimeout = options.DeliveryTimeout;
    });

    public async ValueTask<Task<RecordPlace>> EnqueueAsync(OutgoingRecord record, CancellationToken cancellationToken)
    {
        await CheckTopicAsync(record.Topic, cancellationToken).ConfigureAwait(false);
        var delivery = await _producer.EnqueueAsync(
            new ProducerRecord<byte[], byte[]>
            {
                Topic = record.Topic,
                Key = record.Key,
                Value = record.Value,
                Headers = HeadersOf(record),
                Partition = record.Partition,
                Timestamp = record.Timestamp is { } timestamp ? DateTimeOffset.FromUnixTimeMilliseconds(timestamp) : null,
            },
            cancellationToken).ConfigureAwait(false);
        return PlaceAsync(delivery);
    }

    public ValueTask FlushAsync(CancellationToken cancellationToken) => _producer.FlushAsync(cancellationToken);

    public ValueTask DisposeAsync() => _producer.DisposeAsync();

    /// <summary>The producer would wait for a topic that may yet come; here a missing one is most often a name mistyped.</summary>
    private async ValueTask CheckTopicAsync(string topic, CancellationToken cancellationToken)
    {
        if (!_known.ContainsKey(topic))
        {
            _known[topic] = await client.Admin.FindTopicAsync(topic, cancellationToken).ConfigureAwait(false) is not null ? true : throw Unknown.Topic(topic);
        }
    }

    private static async Task<RecordPlace> PlaceAsync(Delivery delivery)
    {
        var result = await delivery.Acknowledgement.ConfigureAwait(false);
        return new RecordPlace(result.Partition, result.Offset);
    }

    private static Headers? HeadersOf(OutgoingRecord record)
    {
        if (record.Headers.Count == 0)
        {
            return null;
        }

        var headers = new Headers();
        foreach (var header in record.Headers)
        {
            headers.Add(header.Key, header.Value);
        }

        return headers;
    }
}
