using System.Globalization;
using OrleansStreaming.Client.Connections;
using OrleansStreaming.Contracts.Replication;
using OrleansStreaming.Records.Errors;
using OrleansStreaming.Records.Ids;

namespace OrleansStreaming.Client.Consuming;

/// <summary>Copies records that cannot be processed to another topic, as they are stored, with headers that say where they were and why.</summary>
internal sealed class DeadLetters(ClusterLink link, ConsumerOptions options, Func<IProducer<byte[], byte[]>> newProducer) : IAsyncDisposable
{
    private readonly Lazy<IProducer<byte[], byte[]>> _producer = new(newProducer);

    public ValueTask<ProduceResult> SendAsync(PoisonRecord record, CancellationToken cancellationToken)
    {
        Headers headers = [];
        foreach (var header in record.Headers)
        {
            headers.Add(header.Key, header.Value);
        }

        headers.Add("dead-letter.topic", record.Partition.Topic);
        headers.Add("dead-letter.partition", record.Partition.Partition.ToString(CultureInfo.InvariantCulture));
        headers.Add("dead-letter.offset", record.Offset.ToString());
        headers.Add("dead-letter.reason", record.Cause.Message);
        if (options.GroupId is { } group)
        {
            headers.Add("dead-letter.group", group);
        }

        return _producer.Value.ProduceAsync(
            new ProducerRecord<byte[], byte[]>
            {
                Topic = options.DeadLetterTopic ?? $"{record.Partition.Topic}.dead-letter",
                Key = record.Key,
                Value = record.Value,
                Headers = headers,
                Timestamp = record.Timestamp < 0 ? null : DateTimeOffset.FromUnixTimeMilliseconds(record.Timestamp),
            },
            cancellationToken);
    }

    /// <summary>Reads a record again, as it is stored.</summary>
    public async Task<PoisonRecord> FindAsync(TopicPartition partition, Offset offset, string reason, CancellationToken cancellationToken)
    {
        var command = new FetchCommand { Offset = offset, MaxBytes = 1 };
        var fetched = await PartitionCalls.AskLeaderAsync(
            link, partition, broker => link.Replica(partition, broker).Fetch(command), static answer => answer.Error, cancellationToken).ConfigureAwait(false);
        if (fetched.Error is not ErrorCode.None)
        {
            throw Refusals.Of(fetched.Error, null, $"The record at offset {offset} of {partition} cannot be read again");
        }

        var bytes = Serialization.Serdes.Bytes;
        var found = new RecordDecoder<byte[], byte[]>(bytes, bytes).Decode(partition, fetched.Records, offset).Records.FirstOrDefault().Record;
        return found is not null && found.Offset == offset
            ? new PoisonRecord(partition, offset, found.TimestampMs, found.Key, found.Value, found.Headers, new InvalidOperationException(reason))
            : throw Refusals.Of(ErrorCode.OffsetOutOfRange, null, $"The record at offset {offset} of {partition} is no longer there");
    }

    public ValueTask DisposeAsync() => _producer.IsValueCreated ? _producer.Value.DisposeAsync() : ValueTask.CompletedTask;
}
