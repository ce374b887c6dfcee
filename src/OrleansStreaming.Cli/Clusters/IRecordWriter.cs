using OrleansStreaming.Records.Batches;
using OrleansStreaming.Records.Ids;

namespace OrleansStreaming.Cli.Clusters;

/// <summary>Appends records. Any thread. Disposing sends what is left.</summary>
internal interface IRecordWriter : IAsyncDisposable
{
    /// <summary>
    /// Completes when the record has its place in the buffer: awaiting it is the back-pressure. The inner task is the
    /// acknowledgement.
    /// </summary>
    ValueTask<Task<RecordPlace>> EnqueueAsync(OutgoingRecord record, CancellationToken cancellationToken);

    /// <summary>Completes when everything handed over before is acknowledged or has failed.</summary>
    ValueTask FlushAsync(CancellationToken cancellationToken);
}

/// <summary>A record to be written.</summary>
/// <param name="Key">Null for none.</param>
/// <param name="Value">Null for a tombstone.</param>
/// <param name="Partition">Null lets the key decide.</param>
/// <param name="Timestamp">Milliseconds since 1970; null for now.</param>
internal readonly record struct OutgoingRecord(
    string Topic, byte[]? Key, byte[]? Value, IReadOnlyList<RecordHeader> Headers, int? Partition = null, long? Timestamp = null)
{
    /// <summary>Roughly, its bytes in memory.</summary>
    public int Size => (Key?.Length ?? 0) + (Value?.Length ?? 0) + Headers.Sum(header => (2 * header.Key.Length) + (header.Value?.Length ?? 0));
}

/// <summary>Where a record was stored.</summary>
/// <param name="Offset">-1 when nobody said, as with acks=none.</param>
internal readonly record struct RecordPlace(TopicPartition Partition, Offset Offset);
