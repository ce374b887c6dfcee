using OrleansStreaming.Records.Ids;

namespace OrleansStreaming.Client;

/// <summary>
/// Reads records, as a member of a group or on its own. One enumeration at a time; the other members may be called from any
/// thread while it runs. Records of one partition come in the order of their offsets. Disposing commits what is processed
/// (unless commits are manual), leaves the group and stops reading.
/// </summary>
public interface IConsumer<TKey, TValue> : IAsyncDisposable
{
    /// <summary>The partitions read now.</summary>
    IReadOnlyCollection<TopicPartition> Assignment { get; }

    /// <summary>
    /// The records, one by one, for ever: waits for more at the end. A record counts as processed when the next one is asked for.
    /// Enumerating again goes on where the last enumeration stopped.
    /// </summary>
    /// <param name="cancellationToken">Ends the enumeration with <see cref="OperationCanceledException"/>.</param>
    /// <exception cref="InvalidOperationException">Nothing to read was named, or another enumeration runs.</exception>
    /// <exception cref="UnknownTopicException">A topic to read does not exist.</exception>
    /// <exception cref="BrokerUnavailableException">No broker answered for <see cref="ConsumerOptions.UnavailableTimeout"/>.</exception>
    /// <exception cref="RecordDeserializationException">A record cannot be read (<see cref="PoisonRecords.Fail"/>).</exception>
    /// <exception cref="NoOffsetException">No position to begin at (<see cref="OffsetReset.Fail"/>).</exception>
    /// <exception cref="RequestRefusedException">The group refuses this member for good.</exception>
    /// <exception cref="ClientClosedException">The consumer is closed.</exception>
    IAsyncEnumerable<ConsumedRecord<TKey, TValue>> ConsumeAsync(CancellationToken cancellationToken = default);

    /// <summary>As <see cref="ConsumeAsync"/>, batch by batch as they were stored: less overhead a record, one commit a batch.</summary>
    IAsyncEnumerable<ConsumedBatch<TKey, TValue>> ConsumeBatchesAsync(CancellationToken cancellationToken = default);

    /// <summary>Reads these topics from now on instead of what was named before: with the group, or all partitions without one.</summary>
    void Subscribe(params IEnumerable<string> topics);

    /// <summary>Reads these partitions from now on, without taking part in the group's rebalances. Positions: committed ones, else the offset reset.</summary>
    void Assign(params IEnumerable<TopicPartition> partitions);

    /// <summary>The next record delivered from the partition is the one at this offset, or the first after it.</summary>
    /// <exception cref="InvalidOperationException">The partition is not assigned.</exception>
    void Seek(TopicPartition partition, Offset offset);

    /// <summary>Goes to the oldest record of the partitions; of all assigned ones when none is named.</summary>
    ValueTask SeekToBeginningAsync(IEnumerable<TopicPartition>? partitions = null, CancellationToken cancellationToken = default);

    /// <summary>Goes behind the newest record of the partitions; of all assigned ones when none is named.</summary>
    ValueTask SeekToEndAsync(IEnumerable<TopicPartition>? partitions = null, CancellationToken cancellationToken = default);

    /// <summary>Goes to the first record at or after the time, or to the end where there is none.</summary>
    ValueTask SeekToTimeAsync(DateTimeOffset time, IEnumerable<TopicPartition>? partitions = null, CancellationToken cancellationToken = default);

    /// <summary>Delivers nothing of these partitions until <see cref="Resume"/>; what is fetched stays in memory. Survives no rebalance.</summary>
    void Pause(params IEnumerable<TopicPartition> partitions);

    /// <summary>Goes on after <see cref="Pause"/>.</summary>
    void Resume(params IEnumerable<TopicPartition> partitions);

    /// <summary>The offset of the next record to be delivered; null while it is being looked up, or when not assigned.</summary>
    Offset? Position(TopicPartition partition);

    /// <summary>
    /// Records between the position and the end of the partition, as of the last fetch; null when unknown. Costs nothing. An upper
    /// bound on compacted topics.
    /// </summary>
    long? Lag(TopicPartition partition);

    /// <summary>Commits all positions of processed records: what was delivered, but for the record or batch in hand.</summary>
    /// <exception cref="InvalidOperationException">There is no group.</exception>
    /// <exception cref="CommitFailedException">The group has moved on: the partitions are with others.</exception>
    /// <exception cref="BrokerUnavailableException">The coordinator did not answer in time.</exception>
    ValueTask CommitAsync(CancellationToken cancellationToken = default);

    /// <summary>Commits that this record, and all before it in its partition, are processed.</summary>
    /// <inheritdoc cref="CommitAsync(CancellationToken)"/>
    ValueTask CommitAsync(ConsumedRecord<TKey, TValue> record, CancellationToken cancellationToken = default);

    /// <summary>Commits that this batch, and all before it in its partition, are processed.</summary>
    /// <inheritdoc cref="CommitAsync(CancellationToken)"/>
    ValueTask CommitAsync(ConsumedBatch<TKey, TValue> batch, CancellationToken cancellationToken = default);

    /// <summary>Commits these positions: the next offset to read of each partition.</summary>
    /// <inheritdoc cref="CommitAsync(CancellationToken)"/>
    ValueTask CommitAsync(IReadOnlyDictionary<TopicPartition, Offset> positions, CancellationToken cancellationToken = default);

    /// <summary>The group's committed position of a partition; null when there is none.</summary>
    ValueTask<Offset?> CommittedAsync(TopicPartition partition, CancellationToken cancellationToken = default);

    /// <summary>
    /// Copies a delivered record as it is stored to the dead-letter topic, with headers that say where it was and why; the
    /// application then goes on to the next. Reads the record again: not for the common case.
    /// </summary>
    ValueTask<ProduceResult> DeadLetterAsync(ConsumedRecord<TKey, TValue> record, string reason, CancellationToken cancellationToken = default);
}
