using OrleansStreaming.Records.Ids;

namespace OrleansStreaming.Client;

/// <summary>Records of one partition that were stored together, in the order of their offsets. At least one.</summary>
public sealed class ConsumedBatch<TKey, TValue>
{
    internal ConsumedBatch(TopicPartition partition, IReadOnlyList<ConsumedRecord<TKey, TValue>> records, Offset next)
    {
        Partition = partition;
        Records = records;
        NextOffset = next;
    }

    /// <summary>Where they lie.</summary>
    public TopicPartition Partition { get; }

    /// <summary>The records that could be read.</summary>
    public IReadOnlyList<ConsumedRecord<TKey, TValue>> Records { get; }

    /// <summary>The offset that reading goes on at, which is what to commit when all is processed.</summary>
    public Offset NextOffset { get; }
}
