namespace OrleansStreaming.Storage.Compaction;

/// <summary>What one compaction may take. Defaults are Kafka's; bytes.</summary>
public sealed record CleanerOptions
{
    public static readonly CleanerOptions Default = new();

    /// <summary><c>log.cleaner.dedupe.buffer.size</c>, of one thread: memory for keys, 24 bytes each, taken as they come.</summary>
    public long DedupeBufferBytes { get; init; } = 128L * 1024 * 1024;

    /// <summary><c>log.cleaner.io.buffer.load.factor</c>: how full that memory may become, above 0 and at most 1.</summary>
    public double LoadFactor { get; init; } = 0.9;

    /// <summary><c>log.cleaner.io.buffer.size</c>: bytes read at a time; a larger batch is read whole all the same.</summary>
    public int IoBufferBytes { get; init; } = 512 * 1024;
}
