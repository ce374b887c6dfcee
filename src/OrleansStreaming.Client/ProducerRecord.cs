namespace OrleansStreaming.Client;

/// <summary>A record to produce.</summary>
public readonly record struct ProducerRecord<TKey, TValue>
{
    /// <summary>A record for a topic, without a key unless one is set.</summary>
    public ProducerRecord()
    {
    }

    /// <summary>The topic's name.</summary>
    public required string Topic { get; init; }

    /// <summary>Decides the partition unless <see cref="Partition"/> is set; null for none.</summary>
    public TKey? Key { get; init; }

    /// <summary>Null is a tombstone.</summary>
    public TValue? Value { get; init; }

    /// <summary>Sent along; not to be changed until the record is acknowledged. Default: null.</summary>
    public Headers? Headers { get; init; }

    /// <summary>The partition from 0, or null to let the partitioner choose. Default: null.</summary>
    public int? Partition { get; init; }

    /// <summary>The record's time, kept to the millisecond; null for now. Default: null.</summary>
    public DateTimeOffset? Timestamp { get; init; }
}
