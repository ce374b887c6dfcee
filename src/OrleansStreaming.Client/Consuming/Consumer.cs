using OrleansStreaming.Client.Connections;
using OrleansStreaming.Client.Groups;
using OrleansStreaming.Client.Serialization;
using OrleansStreaming.Contracts.Replication;
using OrleansStreaming.Records.Ids;

namespace OrleansStreaming.Client.Consuming;

/// <summary>The typed front of a consumer; enumeration is in <c>Consumer.Enumeration.cs</c>, what it reads in <see cref="ConsumerReading"/>.</summary>
internal sealed partial class Consumer<TKey, TValue> : IConsumer<TKey, TValue>
{
    private readonly ClusterLink _link;
    private readonly ConsumerOptions _options;
    private readonly ConsumerSession _session;
    private readonly ConsumerReading _reading;
    private readonly RecordDecoder<TKey, TValue> _decoder;
    private readonly DeadLetters _deadLetters;

    /// <exception cref="InvalidOperationException">The options contradict each other.</exception>
    public Consumer(
        ClusterLink link,
        ConsumerOptions<TKey, TValue> options,
        IDeserializer<TKey> keys,
        IDeserializer<TValue> values,
        Func<IProducer<byte[], byte[]>> newProducer)
    {
        if (options.GroupId is { } group && string.IsNullOrWhiteSpace(group))
        {
            throw new InvalidOperationException("GroupId is blank: name a group, or leave it null to read without one.");
        }

        if (options.IsKeyBased && (options.GroupId is null || options.Assignors.Any(assignor => assignor != GroupAssignor.KeyBased)))
        {
            throw new InvalidOperationException("GroupAssignor.KeyBased needs a GroupId, and cannot be offered with other assignors.");
        }

        _link = link;
        _options = options;
        _decoder = new RecordDecoder<TKey, TValue>(keys, values);
        _deadLetters = new DeadLetters(link, options, newProducer);
        _session = new ConsumerSession(link, options, options.AssignmentListener)
        {
            Offsets = options.GroupId is { } id ? new GroupOffsets(link, id, options.GroupInstanceId) : null,
        };
        _reading = new ConsumerReading(_session);
    }

    public IReadOnlyCollection<TopicPartition> Assignment => _session.Assignment;

    public void Subscribe(params IEnumerable<string> topics) => _reading.Subscribe([.. topics]);

    public void Assign(params IEnumerable<TopicPartition> partitions) => _reading.Assign([.. partitions]);

    public void Seek(TopicPartition partition, Offset offset) => _reading.Seek(partition, offset);

    public ValueTask SeekToBeginningAsync(IEnumerable<TopicPartition>? partitions = null, CancellationToken cancellationToken = default) =>
        SeekAsync(FindOffsetCommand.Earliest, partitions, cancellationToken);

    public ValueTask SeekToEndAsync(IEnumerable<TopicPartition>? partitions = null, CancellationToken cancellationToken = default) =>
        SeekAsync(FindOffsetCommand.Latest, partitions, cancellationToken);

    public ValueTask SeekToTimeAsync(DateTimeOffset time, IEnumerable<TopicPartition>? partitions = null, CancellationToken cancellationToken = default) =>
        SeekAsync(Math.Max(0, time.ToUnixTimeMilliseconds()), partitions, cancellationToken);

    public void Pause(params IEnumerable<TopicPartition> partitions) => _session.SetPaused(partitions, isPaused: true);

    public void Resume(params IEnumerable<TopicPartition> partitions) => _session.SetPaused(partitions, isPaused: false);

    public Offset? Position(TopicPartition partition) => _session.Position(partition);

    public long? Lag(TopicPartition partition) => _session.Lag(partition);

    public ValueTask CommitAsync(CancellationToken cancellationToken = default)
    {
        GroupNeeded();
        return new ValueTask(_session.CommitProcessedAsync(cancellationToken));
    }

    public ValueTask CommitAsync(ConsumedRecord<TKey, TValue> record, CancellationToken cancellationToken = default) =>
        CommitAsync(record.Partition, record.Offset + 1, record.LeaderEpoch, cancellationToken);

    public ValueTask CommitAsync(ConsumedBatch<TKey, TValue> batch, CancellationToken cancellationToken = default) =>
        CommitAsync(batch.Partition, batch.NextOffset, LeaderEpoch.None, cancellationToken);

    public ValueTask CommitAsync(IReadOnlyDictionary<TopicPartition, Offset> positions, CancellationToken cancellationToken = default)
    {
        PositionsNeeded();
        return new ValueTask(_session.CommitAsync(positions.ToDictionary(entry => entry.Key, entry => (entry.Value, LeaderEpoch.None)), cancellationToken));
    }

    public async ValueTask<Offset?> CommittedAsync(TopicPartition partition, CancellationToken cancellationToken = default)
    {
        var found = await GroupNeeded().FetchAsync([partition], cancellationToken).ConfigureAwait(false);
        return found.TryGetValue(partition, out var offset) ? offset : null;
    }

    public async ValueTask<ProduceResult> DeadLetterAsync(ConsumedRecord<TKey, TValue> record, string reason, CancellationToken cancellationToken = default)
    {
        var stored = await _deadLetters.FindAsync(record.Partition, record.Offset, reason, cancellationToken).ConfigureAwait(false);
        return await _deadLetters.SendAsync(stored, cancellationToken).ConfigureAwait(false);
    }

    public async ValueTask DisposeAsync()
    {
        await _reading.DisposeAsync().ConfigureAwait(false);
        await _deadLetters.DisposeAsync().ConfigureAwait(false);
    }

    private ValueTask CommitAsync(TopicPartition partition, Offset next, LeaderEpoch epoch, CancellationToken cancellationToken)
    {
        PositionsNeeded();
        return new ValueTask(_session.CommitAsync(
            new Dictionary<TopicPartition, (Offset, LeaderEpoch)> { [partition] = (next, epoch) }, cancellationToken));
    }

    private async ValueTask SeekAsync(long query, IEnumerable<TopicPartition>? partitions, CancellationToken cancellationToken)
    {
        var isolation = _options.Isolation == Isolation.ReadCommitted ? ReadIsolation.ReadCommitted : ReadIsolation.ReadUncommitted;
        foreach (var partition in partitions?.ToArray() ?? [.. _session.Assignment])
        {
            var offset = await _link.FindOffsetAsync(partition, query, isolation, cancellationToken).ConfigureAwait(false)
                ?? await _link.FindOffsetAsync(partition, FindOffsetCommand.Latest, isolation, cancellationToken).ConfigureAwait(false);
            _reading.Seek(partition, offset ?? Offset.Zero);
        }
    }

    /// <exception cref="InvalidOperationException">The group keeps no positions.</exception>
    private void PositionsNeeded()
    {
        GroupNeeded();
        if (_session.IsKeyBased)
        {
            throw new InvalidOperationException("A key-based group keeps what is finished, not positions: use CommitAsync() without arguments.");
        }
    }

    private GroupOffsets GroupNeeded() => _session.Offsets
        ?? throw new InvalidOperationException("Positions belong to a group: set ConsumerOptions.GroupId, or keep them yourself and use Seek.");
}
