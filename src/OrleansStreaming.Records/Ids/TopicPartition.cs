using System.Globalization;

namespace OrleansStreaming.Records.Ids;

/// <summary>A partition, by its topic's name and its index from 0.</summary>
public readonly record struct TopicPartition(string Topic, int Partition)
{
    /// <summary>The name of the partition's folder on disk, as in Kafka: <c>topic-partition</c>.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Topic}-{Partition}");
}
