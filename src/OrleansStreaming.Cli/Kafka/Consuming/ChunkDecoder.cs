using System.Buffers;
using System.Text;
using OrleansStreaming.Cli.Clusters;
using OrleansStreaming.Cli.Kafka.Wire;
using OrleansStreaming.Client;
using OrleansStreaming.Kafka.Protocol.Messages;
using OrleansStreaming.Records.Batches;
using OrleansStreaming.Records.Errors;
using OrleansStreaming.Records.Ids;
using OrleansStreaming.Records.Sources;

namespace OrleansStreaming.Cli.Kafka.Consuming;

/// <summary>From the bytes of a fetch to records: what lies before the offset asked for is dropped, and what was aborted.</summary>
internal static class ChunkDecoder
{
    /// <param name="from">The offset asked for: a batch is sent whole.</param>
    /// <exception cref="StreamingException">The bytes are damaged, of an old format, or of a codec this machine lacks.</exception>
    public static FetchedChunk Decode(TopicPartition partition, Offset from, FetchResponse.PartitionData data)
    {
        var bytes = data.Records is MemoryRecords memory ? memory.Bytes : ReadOnlySequence<byte>.Empty;
        var aborted = new AbortedTransactions(data.AbortedTransactions ?? []);
        var records = new List<IncomingRecord>();
        var next = from;
        var scanner = new BatchScanner(bytes, checkCrc: false);
        while (scanner.MoveNext())
        {
            var header = scanner.Header;
            if (header.NextOffset <= from.Value)
            {
                continue;
            }

            var error = BatchReader.Open(bytes.Slice(scanner.Position, header.SizeInBytes), out var opened);
            Answers.Check((short)error, $"The batch at {partition}, offset {header.BaseOffset}, cannot be read");
            using var batch = opened!;
            if (!aborted.Covers(batch) && !header.IsControl)
            {
                AddRecords(partition, from, batch, records);
            }

            next = new Offset(header.NextOffset);
        }

        return scanner.Status is BatchScanStatus.Corrupt
            ? throw Answers.Refusal(ErrorCode.CorruptMessage, $"Partition {partition} after offset {next}: not a batch of format 2")
            : new FetchedChunk(partition, records, next);
    }

    /// <summary>Copies a record out of its batch.</summary>
    public static IncomingRecord Copy(TopicPartition partition, in RecordView record)
    {
        var headers = record.Headers.Count == 0 ? [] : new RecordHeader[record.Headers.Count];
        var index = 0;
        foreach (var header in record.Headers)
        {
            // Spelled out: the conditional of array and null would make a null value an empty one.
            var value = header.HasValue ? new ReadOnlyMemory<byte>(header.Value.ToArray()) : (ReadOnlyMemory<byte>?)null;
            headers[index++] = new RecordHeader(Encoding.UTF8.GetString(header.Key), value);
        }

        return new IncomingRecord(
            partition,
            new Offset(record.Offset),
            record.Timestamp,
            record.HasKey ? record.Key.ToArray() : null,
            record.HasValue ? record.Value.ToArray() : null,
            headers);
    }

    private static void AddRecords(TopicPartition partition, Offset from, BatchReader batch, List<IncomingRecord> records)
    {
        foreach (var record in batch.Records())
        {
            if (record.Offset >= from.Value)
            {
                records.Add(Copy(partition, record));
            }
        }
    }
}
