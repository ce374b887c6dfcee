using OrleansStreaming.Client.Serialization;
using OrleansStreaming.Records.Compression;

namespace OrleansStreaming.Client;

/// <summary>When a produced record counts as acknowledged.</summary>
public enum Acknowledgement
{
    /// <summary>As soon as it is sent: nothing is known of it, its offset is -1. Needs <see cref="ProducerOptions.Idempotence"/> off.</summary>
    None,

    /// <summary>When the partition's leader has written it. Needs <see cref="ProducerOptions.Idempotence"/> off.</summary>
    Leader,

    /// <summary>When it is committed: on every in-sync replica, and lost by no single failure of a replicated topic.</summary>
    All,
}

/// <summary>Where records without a key go.</summary>
public enum KeylessPartitioning
{
    /// <summary>To one partition until its batch is full, then to another: fewer, larger batches.</summary>
    Sticky,

    /// <summary>To each partition in turn.</summary>
    RoundRobin,
}

/// <summary>How a producer batches, sends and retries. Can be bound from configuration.</summary>
public class ProducerOptions
{
    /// <summary>Default: <see cref="Acknowledgement.All"/>.</summary>
    public Acknowledgement Acks { get; set; } = Acknowledgement.All;

    /// <summary>
    /// Retries neither repeat nor reorder records: batches are numbered (KIP-98). Costs nothing. Needs
    /// <see cref="Acknowledgement.All"/> and at most 5 batches in flight. Default: true.
    /// </summary>
    public bool Idempotence { get; set; } = true;

    /// <summary>
    /// The codec of new batches. lz4, snappy and zstd need the system's library on this machine, gzip comes with the runtime.
    /// Default: none.
    /// </summary>
    public CompressionType Compression { get; set; } = CompressionType.None;

    /// <summary>The codec's own level. Default: null, the codec's default.</summary>
    public int? CompressionLevel { get; set; }

    /// <summary>The size in bytes, before compression, at which a batch is full and sent. Default: 64 KiB.</summary>
    public int BatchSize { get; set; } = 64 * 1024;

    /// <summary>
    /// How long a record waits for others to share its batch. With zero, a partition with nothing in flight sends at once, and
    /// what arrives meanwhile forms the next batch: batches grow with the load and no record waits for a timer. Default: zero.
    /// </summary>
    public TimeSpan Linger { get; set; } = TimeSpan.Zero;

    /// <summary>
    /// Bytes of records that wait or are in flight, in all; callers await a place when it is used up. Default: 32 MiB.
    /// </summary>
    public long BufferMemory { get; set; } = 32 * 1024 * 1024;

    /// <summary>Batches of one partition in flight at a time, 1 to 5 with idempotence. Default: 5.</summary>
    public int MaxInFlight { get; set; } = 5;

    /// <summary>
    /// From the call to the acknowledgement at most, retries included; then the record fails with
    /// <see cref="DeliveryTimeoutException"/> or <see cref="BrokerUnavailableException"/>. Default: 2 min.
    /// </summary>
    public TimeSpan DeliveryTimeout { get; set; } = TimeSpan.FromMinutes(2);

    /// <summary>The largest record in bytes, with its headers; the topic's <c>max.message.bytes</c> applies too. Default: 1 MiB.</summary>
    public int MaxRecordSize { get; set; } = 1024 * 1024;

    /// <summary>Where records without a key go. Default: <see cref="KeylessPartitioning.Sticky"/>.</summary>
    public KeylessPartitioning Keyless { get; set; } = KeylessPartitioning.Sticky;

    /// <summary>A topic that does not exist is created with the cluster's defaults. Default: false.</summary>
    public bool CreateTopics { get; set; }

    internal void CopyFrom(ProducerOptions other)
    {
        Acks = other.Acks;
        Idempotence = other.Idempotence;
        Compression = other.Compression;
        CompressionLevel = other.CompressionLevel;
        BatchSize = other.BatchSize;
        Linger = other.Linger;
        BufferMemory = other.BufferMemory;
        MaxInFlight = other.MaxInFlight;
        DeliveryTimeout = other.DeliveryTimeout;
        MaxRecordSize = other.MaxRecordSize;
        Keyless = other.Keyless;
        CreateTopics = other.CreateTopics;
    }
}

/// <summary>The options of one producer, with what cannot be said in configuration.</summary>
public sealed class ProducerOptions<TKey, TValue> : ProducerOptions
{
    /// <summary>Default: the one registered for the type.</summary>
    public ISerializer<TKey>? KeySerializer { get; set; }

    /// <summary>Default: the one registered for the type.</summary>
    public ISerializer<TValue>? ValueSerializer { get; set; }

    /// <summary>
    /// Chooses partitions instead of the default: murmur2 of the key, as the Java client, and <see cref="ProducerOptions.Keyless"/>.
    /// </summary>
    public IPartitioner? Partitioner { get; set; }
}
