using System.Diagnostics;
using OrleansStreaming.Client.Diagnostics;
using OrleansStreaming.Records.Ids;

namespace OrleansStreaming.Client;

/// <summary>A record as it was read. Immutable; owns its memory.</summary>
public sealed class ConsumedRecord<TKey, TValue>
{
    private readonly long _timestamp;

    internal ConsumedRecord(TopicPartition partition, Offset offset, long timestamp, LeaderEpoch epoch, Headers headers)
    {
        Partition = partition;
        Offset = offset;
        LeaderEpoch = epoch;
        Headers = headers;
        _timestamp = timestamp;
    }

    /// <summary>The topic's name.</summary>
    public string Topic => Partition.Topic;

    /// <summary>Where it lies.</summary>
    public TopicPartition Partition { get; }

    /// <summary>Where it lies in its partition.</summary>
    public Offset Offset { get; }

    /// <summary>The leader epoch under which it was written.</summary>
    public LeaderEpoch LeaderEpoch { get; }

    /// <summary>The producer's time, or the broker's where the topic stamps log append time; the Unix epoch less 1 ms when there is none.</summary>
    public DateTimeOffset Timestamp => DateTimeOffset.FromUnixTimeMilliseconds(_timestamp);

    /// <summary>False for a null key.</summary>
    public bool HasKey { get; internal init; }

    /// <summary>The key; the type's default without one.</summary>
    public TKey? Key { get; internal init; }

    /// <summary>True for a null value, which deletes the key from a compacted topic.</summary>
    public bool IsTombstone { get; internal init; }

    /// <summary>The value; the type's default for a tombstone.</summary>
    public TValue? Value { get; internal init; }

    /// <summary>The headers, read-only; empty without any.</summary>
    public Headers Headers { get; }

    internal long TimestampMs => _timestamp;

    /// <summary>
    /// Begins a trace span for processing the record, as a child of the one that produced it when its headers carry one (W3C
    /// trace context). Dispose it when done. Null, and free, when nobody listens.
    /// </summary>
    public Activity? StartActivity() => ClientTracing.StartProcess(Partition, Offset, Headers);
}
