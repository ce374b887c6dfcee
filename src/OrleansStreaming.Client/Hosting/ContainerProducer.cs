namespace OrleansStreaming.Client.Hosting;

/// <summary>The producer that the container hands out for a pair of types.</summary>
internal sealed class ContainerProducer<TKey, TValue>(IStreamingClient client) : IProducer<TKey, TValue>
{
    private readonly IProducer<TKey, TValue> _producer = client.CreateProducer<TKey, TValue>();

    public ValueTask<ProduceResult> ProduceAsync(
        string topic, TKey key, TValue value, Headers? headers = null, CancellationToken cancellationToken = default) =>
        _producer.ProduceAsync(topic, key, value, headers, cancellationToken);

    public ValueTask<ProduceResult> ProduceAsync(ProducerRecord<TKey, TValue> record, CancellationToken cancellationToken = default) =>
        _producer.ProduceAsync(record, cancellationToken);

    public ValueTask<Delivery> EnqueueAsync(ProducerRecord<TKey, TValue> record, CancellationToken cancellationToken = default) =>
        _producer.EnqueueAsync(record, cancellationToken);

    public ValueTask FlushAsync(CancellationToken cancellationToken = default) => _producer.FlushAsync(cancellationToken);

    public ValueTask<int> GetPartitionCountAsync(string topic, CancellationToken cancellationToken = default) =>
        _producer.GetPartitionCountAsync(topic, cancellationToken);

    public ValueTask DisposeAsync() => _producer.DisposeAsync();
}
