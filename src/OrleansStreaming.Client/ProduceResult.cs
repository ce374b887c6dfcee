using OrleansStreaming.Records.Ids;

namespace OrleansStreaming.Client;

/// <summary>Where an acknowledged record lies.</summary>
/// <param name="Partition">Its partition.</param>
/// <param name="Offset">Its offset; <see cref="Offset.None"/> with <see cref="Acknowledgement.None"/>, or when a broker only knows that it has it.</param>
/// <param name="Timestamp">The record's own time, or the broker's where the topic stamps log append time.</param>
public readonly record struct ProduceResult(TopicPartition Partition, Offset Offset, DateTimeOffset Timestamp);

/// <summary>A record that has its place in a producer's buffer and is under way.</summary>
public readonly struct Delivery
{
    internal Delivery(TopicPartition partition, ValueTask<ProduceResult> acknowledgement)
    {
        Partition = partition;
        Acknowledgement = acknowledgement;
    }

    /// <summary>The partition chosen for the record.</summary>
    public TopicPartition Partition { get; }

    /// <summary>Completes when the record is acknowledged, or fails as <c>ProduceAsync</c> does. May be left unobserved.</summary>
    public ValueTask<ProduceResult> Acknowledgement { get; }
}
