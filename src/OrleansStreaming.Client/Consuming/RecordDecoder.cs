using System.Buffers;
using System.Text;
using OrleansStreaming.Client.Serialization;
using OrleansStreaming.Contracts.Groups;
using OrleansStreaming.Records.Batches;
using OrleansStreaming.Records.Errors;
using OrleansStreaming.Records.Ids;

namespace OrleansStreaming.Client.Consuming;

/// <summary>Makes typed records of stored batches. For one thread at a time.</summary>
/// <param name="keys">Of keys.</param>
/// <param name="values">Of values.</param>
/// <param name="isKeyBased">Also says which key slots the records belong to.</param>
internal sealed class RecordDecoder<TKey, TValue>(IDeserializer<TKey> keys, IDeserializer<TValue> values, bool isKeyBased = false)
{
    /// <summary>The records of a batch from an offset on.</summary>
    /// <exception cref="RecordDeserializationException">The batch itself is damaged.</exception>
    public DecodedBatch<TKey, TValue> Decode(TopicPartition partition, ReadOnlyMemory<byte> bytes, Offset from)
    {
        var error = BatchReader.Open(new ReadOnlySequence<byte>(bytes), out var reader);
        using (reader)
        {
            if (error is not ErrorCode.None || reader is null)
            {
                throw Damaged(partition, from, ErrorTable.MessageOf(error));
            }

            var header = reader.Header;
            var records = new List<DecodedRecord<TKey, TValue>>(header.RecordCount);
            var walk = reader.Records();
            while (walk.MoveNext())
            {
                if (walk.Current.Offset >= from.Value)
                {
                    records.Add(Decode(partition, new LeaderEpoch(header.PartitionLeaderEpoch), walk.Current));
                }
            }

            return walk.IsMalformed
                ? throw Damaged(partition, from, "A record is cut short.")
                : new DecodedBatch<TKey, TValue>(records, new Offset(header.NextOffset));
        }
    }

    private DecodedRecord<TKey, TValue> Decode(TopicPartition partition, LeaderEpoch epoch, in RecordView view)
    {
        var headers = HeadersOf(view);
        var offset = new Offset(view.Offset);
        var slot = isKeyBased ? KeySlots.Of(view.Key, view.HasKey, offset) : 0;
        try
        {
            return new(
                new ConsumedRecord<TKey, TValue>(partition, offset, view.Timestamp, epoch, headers)
                {
                    HasKey = view.HasKey,
                    Key = view.HasKey ? keys.Deserialize(view.Key, new SerializationContext(partition.Topic, RecordPart.Key, headers)) : default,
                    IsTombstone = !view.HasValue,
                    Value = view.HasValue ? values.Deserialize(view.Value, new SerializationContext(partition.Topic, RecordPart.Value, headers)) : default,
                },
                null,
                slot);
        }
        catch (Exception failure)
        {
            return new(null, new PoisonRecord(
                partition, offset, view.Timestamp, view.HasKey ? view.Key.ToArray() : null, view.HasValue ? view.Value.ToArray() : null, headers, failure), slot);
        }
    }

    private static Headers HeadersOf(in RecordView view)
    {
        if (view.Headers.Count == 0)
        {
            return Headers.Empty;
        }

        Headers headers = [];
        foreach (var header in view.Headers)
        {
            ReadOnlyMemory<byte>? value = null;
            if (header.HasValue)
            {
                value = header.Value.ToArray();
            }

            headers.Add(Encoding.UTF8.GetString(header.Key), value);
        }

        return headers.Freeze();
    }

    private static RecordDeserializationException Damaged(TopicPartition partition, Offset offset, string why) => new(
        partition, offset, $"A batch of {partition} at or after offset {offset} cannot be read: {why} Seek behind it to go on, and look at the broker's disk.", null);
}
