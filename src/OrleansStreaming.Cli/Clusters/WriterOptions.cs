using OrleansStreaming.Client;
using OrleansStreaming.Records.Compression;

namespace OrleansStreaming.Cli.Clusters;

/// <summary>How records are sent.</summary>
internal sealed record WriterOptions
{
    public Acknowledgement Acks { get; init; } = Acknowledgement.All;

    /// <summary>A batch that is sent again is stored once.</summary>
    public bool Idempotence { get; init; } = true;

    public CompressionType Compression { get; init; }

    /// <summary>Bytes of one batch before compression; a larger record travels alone.</summary>
    public int BatchSize { get; init; } = 64 * 1024;

    /// <summary>How long a batch waits for more records.</summary>
    public TimeSpan Linger { get; init; }

    /// <summary>Bytes of records under way before <see cref="IRecordWriter.EnqueueAsync"/> waits.</summary>
    public long BufferMemory { get; init; } = 32 * 1024 * 1024;

    /// <summary>How long a record may be under way.</summary>
    public TimeSpan DeliveryTimeout { get; init; } = TimeSpan.FromSeconds(30);
}
