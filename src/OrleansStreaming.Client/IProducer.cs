namespace OrleansStreaming.Client;

/// <summary>
/// Appends records to topics. Records of one partition are stored in the order of the calls; records that are under way at the
/// same time share batches. Any thread, any number of callers. Disposing sends what is left, up to the delivery timeout.
/// </summary>
public interface IProducer<TKey, TValue> : IAsyncDisposable
{
    /// <summary>
    /// Sends one record; completes when it is acknowledged as <see cref="ProducerOptions.Acks"/> asks. Awaiting each call from many
    /// callers still batches. Costs no allocation on the way when topic and buffer space are at hand.
    /// </summary>
    /// <param name="topic">The topic's name.</param>
    /// <param name="key">Decides the partition; null spreads records.</param>
    /// <param name="value">Null is a tombstone: it deletes the key from a compacted topic.</param>
    /// <param name="headers">Sent along; not to be changed until the call completes.</param>
    /// <param name="cancellationToken">Ends the wait for a place in the buffer; a record that has its place is sent anyway.</param>
    /// <exception cref="UnknownTopicException">No such topic within <see cref="StreamingClientOptions.MetadataTimeout"/>.</exception>
    /// <exception cref="RecordTooLargeException">Larger than <see cref="ProducerOptions.MaxRecordSize"/> or the topic allows.</exception>
    /// <exception cref="DeliveryTimeoutException">Not acknowledged in time: it may have been written or not.</exception>
    /// <exception cref="BrokerUnavailableException">No broker could be reached in time; it was not written.</exception>
    /// <exception cref="RequestRefusedException">A broker refuses it for good.</exception>
    /// <exception cref="ClientClosedException">The producer is closed.</exception>
    ValueTask<ProduceResult> ProduceAsync(string topic, TKey key, TValue value, Headers? headers = null, CancellationToken cancellationToken = default);

    /// <summary>As the other overload, for a record with its own partition or timestamp.</summary>
    ValueTask<ProduceResult> ProduceAsync(ProducerRecord<TKey, TValue> record, CancellationToken cancellationToken = default);

    /// <summary>
    /// Completes as soon as the record has its place in the buffer, so that awaiting it is the back-pressure and one caller can
    /// keep many records under way. What becomes of the record is in the answer's <see cref="Delivery.Acknowledgement"/>.
    /// Throws what <see cref="ProduceAsync(ProducerRecord{TKey, TValue}, CancellationToken)"/> throws before sending.
    /// </summary>
    ValueTask<Delivery> EnqueueAsync(ProducerRecord<TKey, TValue> record, CancellationToken cancellationToken = default);

    /// <summary>
    /// Sends everything that was handed over before the call, without waiting for lingering, and completes when all of it is
    /// acknowledged or has failed. Failures are told to who produced the records, not here.
    /// </summary>
    ValueTask FlushAsync(CancellationToken cancellationToken = default);

    /// <summary>How many partitions the topic has.</summary>
    /// <exception cref="UnknownTopicException">No such topic within <see cref="StreamingClientOptions.MetadataTimeout"/>.</exception>
    ValueTask<int> GetPartitionCountAsync(string topic, CancellationToken cancellationToken = default);
}
