using OrleansStreaming.Records.Ids;

namespace OrleansStreaming.Client.Consuming;

/// <summary>One stored batch as records, and how far it is handed out.</summary>
internal sealed class DecodedBatch<TKey, TValue>(List<DecodedRecord<TKey, TValue>> records, Offset next)
{
    public List<DecodedRecord<TKey, TValue>> Records { get; } = records;

    /// <summary>The offset behind the batch, which may lie behind its last record.</summary>
    public Offset Next { get; } = next;

    public int Index { get; set; }
}

/// <summary>A record, or why it is none. Neither, when it is another member's of a key-based group.</summary>
/// <param name="Offset">Where it lies.</param>
/// <param name="Record">Null for a poison record.</param>
/// <param name="Poison">Set for a poison record.</param>
/// <param name="Slot">Of a key-based group; 0 in others.</param>
internal readonly record struct DecodedRecord<TKey, TValue>(Offset Offset, ConsumedRecord<TKey, TValue>? Record, PoisonRecord? Poison, int Slot)
{
    public bool IsOthers => Record is null && Poison is null;
}

/// <summary>A record that could not be deserialized, as it is stored.</summary>
internal sealed record PoisonRecord(
    TopicPartition Partition, Offset Offset, long Timestamp, byte[]? Key, byte[]? Value, Headers Headers, Exception Cause);
