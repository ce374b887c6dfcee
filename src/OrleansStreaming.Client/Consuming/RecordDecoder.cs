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
internal sealed class RecordDecoder<TKey, TValue>(IDeserializer<TKey> keys, IDeserializer<TValue> values)
{
    /// <summary>The records of a batch from an offset on.</summary>
    /// <param name="partition">Where it lies.</param>
    /// <param name="bytes">The batch.</param>
    /// <param name="from">Records before it are left out.</param>
    /// <param name="slots">
    /// Of a key-based group, by number: those of this member. A record of another one is only counted, since the key's bytes tell
    /// whose it is. Null when the whole partition is read.
    /// </param>
    /// <exception cref="RecordDeserializationException">The batch itself is damaged.</exception>
    public DecodedBatch<TKey, TValue> Decode(TopicPartition partition, ReadOnlyMemory<byte> bytes, Offset from, bool[]? slots = null)
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
                var offset = new Offset(walk.Current.Offset);
                if (offset < from)
                {
                    continue;
                }

                var slot = slots is null ? 0 : KeySlots.Of(walk.Current.Key, walk.Current.HasKey, offset);
                records.Add(slots is null || slots[slot]
                    ? Decode(partition, new LeaderEpoch(header.PartitionLeaderEpoch), walk.Current, slot)
                    : new DecodedRecord<TKey, TValue>(offset, null, null, slot));
            }

            return walk.IsMalformed
                ? throw Damaged(partition, from, "A record is cut short.")
                : new DecodedBatch<TKey, TValue>(records, new Offset(header.NextOffset));
        }
    }

    private DecodedRecord<TKey, TValue> Decode(TopicPartition partition, LeaderEpoch epoch, in RecordView view, int slot)
    {
        var headers = HeadersOf(view);
        var offset = new Offset(view.Offset);
        try
        {
            return new(
                offset,
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
            return new(offset, null, new PoisonRecord(
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
