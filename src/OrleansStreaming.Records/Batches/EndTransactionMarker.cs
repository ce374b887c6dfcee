using System.Buffers.Binary;

namespace OrleansStreaming.Records.Batches;

/// <summary>
/// The control record that ends a producer's transaction in a partition (KIP-98). Key: version 0 and type, both int16; value:
/// version 0 (int16) and the epoch of the coordinator that wrote it (int32).
/// </summary>
public readonly record struct EndTransactionMarker(ControlRecordType Type, int CoordinatorEpoch)
{
    private const int KeyBytes = 4;
    private const int ValueBytes = 6;

    public bool IsCommit => Type == ControlRecordType.Commit;

    /// <summary>Reads the only record of a control batch; false when it is of another type, which is to be passed over.</summary>
    public static bool TryRead(in RecordView record, out EndTransactionMarker marker)
    {
        marker = default;
        ReadOnlySpan<byte> key = record.Key;
        ReadOnlySpan<byte> value = record.Value;
        if (key.Length < KeyBytes || value.Length < ValueBytes || BinaryPrimitives.ReadInt16BigEndian(key) < 0)
        {
            return false;
        }

        ControlRecordType type = (ControlRecordType)BinaryPrimitives.ReadInt16BigEndian(key[2..]);
        if (type is not (ControlRecordType.Abort or ControlRecordType.Commit))
        {
            return false;
        }

        marker = new EndTransactionMarker(type, BinaryPrimitives.ReadInt32BigEndian(value[2..]));
        return true;
    }

    /// <summary>The marker as a batch of its own: transactional, control, one record, no sequence.</summary>
    /// <param name="timestamp">Milliseconds since 1970.</param>
    public byte[] ToBatch(long producerId, short producerEpoch, long timestamp)
    {
        byte[] key = new byte[KeyBytes];
        BinaryPrimitives.WriteInt16BigEndian(key.AsSpan(2), (short)Type);
        byte[] value = new byte[ValueBytes];
        BinaryPrimitives.WriteInt32BigEndian(value.AsSpan(2), CoordinatorEpoch);
        using BatchBuilder builder = new(new BatchOptions
        {
            ProducerId = producerId,
            ProducerEpoch = producerEpoch,
            IsTransactional = true,
            IsControl = true,
        });
        builder.Append(timestamp, key, value);
        return builder.Build().ToArray();
    }
}
