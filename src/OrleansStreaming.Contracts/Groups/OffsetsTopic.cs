using System.Globalization;
using OrleansStreaming.Contracts.Cluster;

namespace OrleansStreaming.Contracts.Groups;

/// <summary>The internal topic of group metadata and committed offsets, and which of its partitions a group belongs to.</summary>
public static class OffsetsTopic
{
    public const string Name = "__consumer_offsets";

    /// <summary>
    /// How it is created when somebody first looks for a coordinator. It gets no more replicas than there are living brokers; the
    /// controller adds the rest when more join.
    /// </summary>
    /// <param name="config">The value of a numeric broker config by its name.</param>
    /// <param name="livingBrokers">How many brokers could hold a replica now; 0 counts as 1.</param>
    public static CreateTopicCommand CreateCommand(Func<string, int> config, int livingBrokers) => new()
    {
        Name = Name,
        IsInternal = true,
        PartitionCount = config("offsets.topic.num.partitions"),
        ReplicationFactor = (short)Math.Clamp(livingBrokers, 1, config("offsets.topic.replication.factor")),
        Configs = new Dictionary<string, string>
        {
            ["cleanup.policy"] = "compact",
            ["compression.type"] = "producer",
            ["segment.bytes"] = config("offsets.topic.segment.bytes").ToString(CultureInfo.InvariantCulture),
        },
    };

    /// <summary>
    /// The partition whose leader coordinates the group: the absolute value of Java's string hash of the group id, modulo the
    /// number of partitions, as every Kafka tool that reads the topic expects.
    /// </summary>
    public static int PartitionOf(string groupId, int partitionCount)
    {
        var hash = 0;
        foreach (var unit in groupId)
        {
            hash = unchecked((31 * hash) + unit);
        }

        return (hash == int.MinValue ? 0 : Math.Abs(hash)) % partitionCount;
    }
}
