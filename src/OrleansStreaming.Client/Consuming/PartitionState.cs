using OrleansStreaming.Records.Ids;

namespace OrleansStreaming.Client.Consuming;

/// <summary>A partition that a consumer reads: where it stands, and what is fetched. Everything here is under the session's gate.</summary>
internal sealed class PartitionState(TopicPartition partition, Offset position)
{
    /// <summary>The slots of a key-based group; null when the whole partition is read.</summary>
    public KeyedPartition? Keyed { get; init; }

    public TopicPartition Partition { get; } = partition;

    /// <summary>Grows with each seek: what was fetched or handed out before belongs to a former life.</summary>
    public int Version { get; set; }

    /// <summary>The next record to hand out.</summary>
    public Offset Position { get; set; } = position;

    /// <summary>Everything before it is processed: what a commit may say.</summary>
    public Offset Processed { get; set; } = position;

    /// <summary>What was committed last; none when nothing was.</summary>
    public Offset Committed { get; set; } = Offset.None;

    /// <summary>The next record to fetch.</summary>
    public Offset FetchOffset { get; set; } = position;

    /// <summary>The end for a reader, as of the last fetch; none before.</summary>
    public Offset End { get; set; } = Offset.None;

    public LeaderEpoch LeaderEpoch { get; set; } = LeaderEpoch.None;

    public bool IsPaused { get; set; }

    public bool IsRevoked { get; set; }

    public Queue<FetchedChunk> Chunks { get; } = new();

    /// <summary>Bytes in <see cref="Chunks"/>.</summary>
    public long QueuedBytes { get; set; }

    /// <summary>The chunk that batches are being taken from; touched by the enumeration alone, as is <see cref="Leftover"/>.</summary>
    public FetchedChunk? Current { get; set; }

    /// <summary>A batch that is decoded and not wholly handed out; of the consumer's own type.</summary>
    public object? Leftover { get; set; }

    /// <summary>The version that <see cref="Current"/> and <see cref="Leftover"/> are of.</summary>
    public int CurrentVersion { get; set; }

    /// <summary>There may be room, or another offset to fetch.</summary>
    public AsyncSignal FetchSignal { get; } = new();

    /// <summary>Ends the fetch that runs.</summary>
    public CancellationTokenSource Fetching { get; set; } = new();

    public bool IsReady => !IsPaused && !IsRevoked && Keyed is not { IsBlocked: true }
        && (Chunks.Count > 0 || (CurrentVersion == Version && (Leftover is not null || Current is not null)));

    /// <summary>Goes to another offset; drops what is fetched.</summary>
    public void Move(Offset offset)
    {
        Version++;
        Position = Processed = FetchOffset = offset;
        Clear();
        Fetching.Cancel();
        FetchSignal.Set();
    }

    public void Clear()
    {
        while (Chunks.TryDequeue(out var chunk))
        {
            chunk.Release();
        }

        QueuedBytes = 0;
    }
}
