using OrleansStreaming.Records.Batches;
using OrleansStreaming.Records.Ids;

namespace OrleansStreaming.Cli.Clusters;

/// <summary>
/// Reads records, one enumeration in all. With a group, what was marked as processed is committed now and then, before
/// partitions go to others, and when this is disposed.
/// </summary>
internal interface IRecordFeed : IAsyncDisposable
{
    /// <summary>Records in the order of their offsets for each partition; for ever unless told to stop at the end.</summary>
    IAsyncEnumerable<RecordChunk> ReadAsync(CancellationToken cancellationToken);

    /// <summary>Everything of the partition before <paramref name="next"/> is processed.</summary>
    void MarkProcessed(TopicPartition partition, Offset next);
}

/// <summary>Records of one partition that were stored together.</summary>
internal sealed record RecordChunk(TopicPartition Partition, IReadOnlyList<IncomingRecord> Records);

/// <summary>A record as it was read; owns its memory.</summary>
/// <param name="Timestamp">Milliseconds since 1970, -1 for none.</param>
/// <param name="Key">Null for none.</param>
/// <param name="Value">Null for a tombstone.</param>
internal sealed record IncomingRecord(
    TopicPartition Partition, Offset Offset, long Timestamp, byte[]? Key, byte[]? Value, IReadOnlyList<RecordHeader> Headers);
