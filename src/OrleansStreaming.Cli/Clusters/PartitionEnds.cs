using OrleansStreaming.Records.Ids;

namespace OrleansStreaming.Cli.Clusters;

/// <summary>Where partitions ended when reading began, and which of them have been read that far. For one thread at a time.</summary>
internal sealed class PartitionEnds(IReadOnlyDictionary<TopicPartition, Offset> ends)
{
    private readonly HashSet<TopicPartition> _reached = [];

    /// <summary>Reading of the partition has come to <paramref name="next"/>.</summary>
    public void Advance(TopicPartition partition, Offset next)
    {
        if (next >= ends[partition])
        {
            _reached.Add(partition);
        }
    }

    public bool AllReached(IEnumerable<TopicPartition> partitions) => partitions.All(_reached.Contains);

    /// <summary>The records before the end: what was written later is left out.</summary>
    public IReadOnlyList<IncomingRecord> Within(TopicPartition partition, IReadOnlyList<IncomingRecord> records) =>
        records is [.., var last] && last.Offset >= ends[partition]
            ? [.. records.Where(record => record.Offset < ends[partition])]
            : records;
}
