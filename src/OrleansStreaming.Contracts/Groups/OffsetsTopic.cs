namespace OrleansStreaming.Contracts.Groups;

/// <summary>The internal topic of group metadata and committed offsets, and which of its partitions a group belongs to.</summary>
public static class OffsetsTopic
{
    public const string Name = "__consumer_offsets";

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
