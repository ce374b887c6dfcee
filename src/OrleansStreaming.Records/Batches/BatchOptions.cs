using OrleansStreaming.Records.Compression;

namespace OrleansStreaming.Records.Batches;

/// <summary>Everything about a batch to be built that is not its records. The default is a plain producer's batch.</summary>
public sealed record BatchOptions
{
    public static readonly BatchOptions Default = new();

    /// <summary>The first record's offset. Producers send 0; the leader stamps the real one.</summary>
    public long BaseOffset { get; init; }

    public int PartitionLeaderEpoch { get; init; } = BatchHeader.NoLeaderEpoch;

    public CompressionType Compression { get; init; } = CompressionType.None;

    /// <summary>The codec's own level; null for its default.</summary>
    public int? CompressionLevel { get; init; }

    public long ProducerId { get; init; } = BatchHeader.NoProducerId;

    public short ProducerEpoch { get; init; } = BatchHeader.NoProducerEpoch;

    /// <summary>The first record's sequence; -1 without idempotence.</summary>
    public int BaseSequence { get; init; } = BatchHeader.NoSequence;

    public bool IsTransactional { get; init; }

    /// <summary>The batch holds control records, such as <see cref="EndTransactionMarker"/>.</summary>
    public bool IsControl { get; init; }
}
