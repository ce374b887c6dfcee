using Microsoft.Extensions.Logging;
using OrleansStreaming.Client.Connections;
using OrleansStreaming.Contracts.Replication;
using OrleansStreaming.Records.Ids;

namespace OrleansStreaming.Client.Consuming;

/// <summary>
/// A consumer without types: which partitions it reads, where it stands in each, what is fetched and what the application has in
/// its hands. The rooms around it: fetchers fill it, the enumeration empties it, the group member or the topic follower changes
/// what is assigned. Any thread; every change is under one short lock.
/// </summary>
internal sealed partial class ConsumerSession(ClusterLink link, ConsumerOptions options, IAssignmentListener? listener)
{
    /// <summary>Less is not worth a call.</summary>
    private const int SmallestFetch = 16 * 1024;

    private readonly Lock _gate = new();
    private readonly Dictionary<TopicPartition, (PartitionState State, CancellationTokenSource Stop)> _assigned = [];
    private readonly Dictionary<TopicPartition, Offset> _laterSeeks = [];
    private readonly AsyncSignal _arrival = new();
    private readonly ILogger _logger = link.Logging.CreateLogger("OrleansStreaming.Client.Consumer");
    private List<PartitionState> _order = [];
    private int _turn;
    private Exception? _failure;
    private long _lastAnswer = link.Time.GetTimestamp();

    public ClusterLink Link { get; } = link;

    public ConsumerOptions Options { get; } = options;

    public ILogger Logger => _logger;

    /// <summary>Partitions come from a group.</summary>
    public bool IsGroupMember { get; set; }

    public IReadOnlyCollection<TopicPartition> Assignment
    {
        get
        {
            lock (_gate)
            {
                return [.. _assigned.Keys];
            }
        }
    }

    /// <summary>Ends the enumeration, now or when it begins.</summary>
    public void Fail(Exception failure)
    {
        lock (_gate)
        {
            _failure ??= failure;
        }

        _arrival.Set();
    }

    /// <summary>A new enumeration has the same patience as the first.</summary>
    public void Forgive()
    {
        lock (_gate)
        {
            _failure = null;
        }

        NoteAnswer();
    }

    public void NoteAnswer() => Volatile.Write(ref _lastAnswer, Link.Time.GetTimestamp());

    public TimeSpan UnansweredFor() => Link.Time.GetElapsedTime(Volatile.Read(ref _lastAnswer));

    /// <summary>What to fetch of a partition; null when there is no room or no need.</summary>
    public FetchPlan? PlanFetch(PartitionState state)
    {
        lock (_gate)
        {
            var share = Math.Max(1, Options.PrefetchBytes / Math.Max(1, _assigned.Count));
            if (state.IsRevoked || state.IsPaused || state.QueuedBytes >= share || (state.Keyed is { } keyed && (!keyed.IsKnown || state.FetchOffset >= keyed.ReadLimit)))
            {
                return null;
            }

            if (state.Fetching.IsCancellationRequested)
            {
                state.Fetching = new CancellationTokenSource();
            }

            var size = (int)Math.Min(Options.MaxPartitionFetchBytes, Math.Max(share / 2, SmallestFetch));
            return new FetchPlan(state.FetchOffset, size, state.Version, state.Fetching.Token);
        }
    }

    /// <summary>Takes what a fetch brought, unless the partition has moved meanwhile.</summary>
    public void Accept(PartitionState state, int version, FetchedRecords result, bool isPooled)
    {
        NoteAnswer();
        var chunk = result.Records.Length > 0 ? new FetchedChunk(result.Records, isPooled, result.Aborted) : null;
        var end = FetchedChunk.EndOf(result.Records.Span);
        lock (_gate)
        {
            if (state.Version != version || state.IsRevoked)
            {
                chunk?.Release();
                return;
            }

            state.LeaderEpoch = result.LeaderEpoch;
            state.End = Options.Isolation == Isolation.ReadCommitted ? result.LastStable : result.HighWatermark;
            if (chunk is null || end is null)
            {
                chunk?.Release();
                return;
            }

            state.FetchOffset = end.Value;
            state.Chunks.Enqueue(chunk);
            state.QueuedBytes += chunk.Length;
        }

        Link.Metrics.Fetched(state.Partition.Topic, chunk.Length);
        _arrival.Set();
    }

    /// <summary>Where to begin when there is no position: <see cref="ConsumerOptions.OffsetReset"/>.</summary>
    /// <exception cref="NoOffsetException">It says to fail.</exception>
    public async Task<Offset> ResetAsync(TopicPartition partition, Offset? lost, CancellationToken cancellationToken)
    {
        if (Options.OffsetReset == OffsetReset.Fail && !(IsKeyBased && lost is not null))
        {
            throw new NoOffsetException(partition, lost is { } offset
                ? $"{partition} does not have offset {offset}. Seek to an offset it has, or set OffsetReset to Earliest or Latest."
                : $"Group '{Options.GroupId}' has no position in {partition}. Commit one, or set OffsetReset to Earliest or Latest.");
        }

        // What a key-based group has lost at the front of the log is finished; none of the rest may be passed over.
        var query = Options.OffsetReset == OffsetReset.Earliest || (IsKeyBased && lost is not null) ? FindOffsetCommand.Earliest : FindOffsetCommand.Latest;
        var isolation = Options.Isolation == Isolation.ReadCommitted ? ReadIsolation.ReadCommitted : ReadIsolation.ReadUncommitted;
        return (await Link.FindOffsetAsync(partition, query, isolation, cancellationToken).ConfigureAwait(false)) ?? Offset.Zero;
    }

    public void MoveIf(PartitionState state, int version, Offset offset)
    {
        lock (_gate)
        {
            if (state.Version == version)
            {
                state.Move(offset);
            }
        }
    }

    /// <summary>False when the partition is not assigned.</summary>
    public bool TrySeek(TopicPartition partition, Offset offset)
    {
        lock (_gate)
        {
            if (!_assigned.TryGetValue(partition, out var entry))
            {
                return false;
            }

            entry.State.Move(offset);
            return true;
        }
    }

    /// <summary>Where to begin when the partition is assigned.</summary>
    public void SeekLater(TopicPartition partition, Offset offset)
    {
        lock (_gate)
        {
            _laterSeeks[partition] = offset;
        }
    }

    public bool HasLaterSeek(TopicPartition partition)
    {
        lock (_gate)
        {
            return _laterSeeks.ContainsKey(partition);
        }
    }

    public void SetPaused(IEnumerable<TopicPartition> partitions, bool isPaused)
    {
        lock (_gate)
        {
            foreach (var partition in partitions)
            {
                if (_assigned.TryGetValue(partition, out var entry))
                {
                    entry.State.IsPaused = isPaused;
                    entry.State.FetchSignal.Set();
                }
            }
        }

        _arrival.Set();
    }

    public Offset? Position(TopicPartition partition)
    {
        lock (_gate)
        {
            return _assigned.TryGetValue(partition, out var entry) ? entry.State.Position : null;
        }
    }

    public long? Lag(TopicPartition partition)
    {
        lock (_gate)
        {
            return _assigned.TryGetValue(partition, out var entry) && entry.State.End != Offset.None
                ? Math.Max(0, entry.State.End - entry.State.Position)
                : null;
        }
    }
}
