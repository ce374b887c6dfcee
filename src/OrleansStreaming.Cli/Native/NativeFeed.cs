using System.Runtime.CompilerServices;
using OrleansStreaming.Cli.Clusters;
using OrleansStreaming.Client;
using OrleansStreaming.Records.Ids;

namespace OrleansStreaming.Cli.Native;

/// <summary>Reads with the SDK's consumer, alone or in a group.</summary>
internal sealed class NativeFeed : IRecordFeed, IAssignmentListener
{
    private static readonly TimeSpan _commitInterval = TimeSpan.FromSeconds(5);

    /// <summary>How often positions are looked at while nothing comes: the end may lie behind markers, which nobody delivers.</summary>
    private static readonly TimeSpan _lookInterval = TimeSpan.FromMilliseconds(100);

    private readonly FeedOptions _options;
    private readonly TimeProvider _time;
    private readonly NativeTopics _topics;
    private readonly IConsumer<byte[], byte[]> _consumer;
    private readonly ProcessedPositions _processed = new();
    private IReadOnlyDictionary<TopicPartition, Offset>? _starts;
    private PartitionEnds? _ends;
    private volatile bool _isAssigned;
    private long _lastCommit;

    /// <param name="timeout">How long it goes on trying when no broker answers.</param>
    public NativeFeed(IStreamingClient client, FeedOptions options, TimeSpan timeout, TimeProvider time)
    {
        _options = options;
        _time = time;
        _lastCommit = time.GetTimestamp();
        _topics = new NativeTopics(client.Admin);
        _consumer = client.CreateConsumer<byte[], byte[]>(consumer =>
        {
            consumer.GroupId = options.GroupId;
            consumer.CommitMode = CommitMode.Manual;
            consumer.OffsetReset = options.Start.Kind == StartKind.End ? OffsetReset.Latest : OffsetReset.Earliest;
            consumer.Isolation = options.ReadCommitted ? Isolation.ReadCommitted : Isolation.ReadUncommitted;
            consumer.UnavailableTimeout = timeout;
            consumer.AssignmentListener = this;
        });
    }

    public async IAsyncEnumerable<RecordChunk> ReadAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var partitions = await PartitionsAsync(cancellationToken).ConfigureAwait(false);
        await BeginAsync(partitions, cancellationToken).ConfigureAwait(false);
        if (_options.GroupId is null && _ends?.AllReached(partitions) == true)
        {
            yield break;
        }

        using var reading = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        await using var batches = _consumer.ConsumeBatchesAsync(reading.Token).GetAsyncEnumerator(CancellationToken.None);
        var next = batches.MoveNextAsync().AsTask();
        try
        {
            while (!IsDone())
            {
                if (!next.IsCompleted)
                {
                    await Task.WhenAny(next, Task.Delay(_lookInterval, _time, cancellationToken)).ConfigureAwait(false);
                }

                await CommitWhenDueAsync(cancellationToken).ConfigureAwait(false);
                if (!next.IsCompleted)
                {
                    Look();
                    continue;
                }

                if (!await next.ConfigureAwait(false))
                {
                    yield break;
                }

                var batch = batches.Current;
                var records = Copy(batch);
                if (records.Count > 0)
                {
                    yield return new RecordChunk(batch.Partition, records);
                }

                _ends?.Advance(batch.Partition, batch.NextOffset);
                next = batches.MoveNextAsync().AsTask();
            }
        }
        finally
        {
            await reading.CancelAsync().ConfigureAwait(false);
            await ((Task)next).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    public void MarkProcessed(TopicPartition partition, Offset next) => _processed.Mark(partition, next);

    public async ValueTask DisposeAsync()
    {
        try
        {
            await CommitAsync(CancellationToken.None).ConfigureAwait(false);
        }
        finally
        {
            await _consumer.DisposeAsync().ConfigureAwait(false);
        }
    }

    public ValueTask OnAssignedAsync(IReadOnlyCollection<TopicPartition> partitions, CancellationToken cancellationToken)
    {
        foreach (var partition in partitions)
        {
            if (_starts?.TryGetValue(partition, out var start) == true)
            {
                _consumer.Seek(partition, start);
            }
        }

        _isAssigned = true;
        return ValueTask.CompletedTask;
    }

    public async ValueTask OnRevokedAsync(IReadOnlyCollection<TopicPartition> partitions, CancellationToken cancellationToken) =>
        await CommitAsync(cancellationToken).ConfigureAwait(false);

    public ValueTask OnLostAsync(IReadOnlyCollection<TopicPartition> partitions, CancellationToken cancellationToken)
    {
        _processed.Take();
        return ValueTask.CompletedTask;
    }

    private bool IsDone() => _ends is not null && _isAssigned && _ends.AllReached(_consumer.Assignment);

    private async Task BeginAsync(TopicPartition[] partitions, CancellationToken cancellationToken)
    {
        if (_options.StopAtEnd)
        {
            _ends = new PartitionEnds(await _topics.OffsetsAsync(partitions, StartPosition.End, cancellationToken).ConfigureAwait(false));
        }

        if (_options.GroupId is not null)
        {
            _consumer.Subscribe(_options.Topics);
            return;
        }

        _starts = await _topics.OffsetsAsync(partitions, _options.Start, cancellationToken).ConfigureAwait(false);
        foreach (var (partition, start) in _starts)
        {
            _ends?.Advance(partition, start);
        }

        _consumer.Assign(partitions);
    }

    private async Task<TopicPartition[]> PartitionsAsync(CancellationToken cancellationToken)
    {
        var partitions = new List<TopicPartition>();
        foreach (var topic in _options.Topics)
        {
            var found = await _topics.FindAsync(topic, cancellationToken).ConfigureAwait(false) ?? throw Unknown.Topic(topic);
            var count = found.Partitions.Count;
            foreach (var partition in _options.Partitions ?? [.. Enumerable.Range(0, count)])
            {
                partitions.Add(partition < count ? new TopicPartition(topic, partition) : throw Unknown.Partition(topic, partition, count));
            }
        }

        return [.. partitions];
    }

    private void Look()
    {
        foreach (var partition in _ends is null ? [] : _consumer.Assignment)
        {
            if (_consumer.Position(partition) is { } position)
            {
                _ends!.Advance(partition, position);
            }
        }
    }

    private IReadOnlyList<IncomingRecord> Copy(ConsumedBatch<byte[], byte[]> batch)
    {
        IReadOnlyList<IncomingRecord> records =
        [
            .. batch.Records.Select(record => new IncomingRecord(
                record.Partition,
                record.Offset,
                record.Timestamp.ToUnixTimeMilliseconds(),
                record.HasKey ? record.Key ?? [] : null,
                record.IsTombstone ? null : record.Value ?? [],
                record.Headers)),
        ];
        return _ends?.Within(batch.Partition, records) ?? records;
    }

    private async Task CommitWhenDueAsync(CancellationToken cancellationToken)
    {
        if (_time.GetElapsedTime(_lastCommit) >= _commitInterval)
        {
            await CommitAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>A commit that comes too late is no failure here: others read on from the last one.</summary>
    private async Task CommitAsync(CancellationToken cancellationToken)
    {
        _lastCommit = _time.GetTimestamp();
        var positions = _processed.Take();
        if (_options.GroupId is null || positions.Count == 0)
        {
            return;
        }

        try
        {
            await _consumer.CommitAsync(positions, cancellationToken).ConfigureAwait(false);
        }
        catch (CommitFailedException)
        {
        }
    }
}
