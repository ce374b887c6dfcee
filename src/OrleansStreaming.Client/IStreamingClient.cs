namespace OrleansStreaming.Client;

/// <summary>
/// The way into a cluster from an Orleans client or from inside a silo: makes producers and consumers that share one connection
/// and one picture of the cluster. One per process, from the container
/// (<see cref="Hosting.StreamingServiceCollectionExtensions"/>) or from <see cref="StreamingClient.Create"/>. Any thread.
/// </summary>
public interface IStreamingClient : IAsyncDisposable
{
    /// <summary>Topics, configs, groups and offsets.</summary>
    IStreamingAdmin Admin { get; }

    /// <summary>
    /// A producer of its own: its buffer, its order, its producer id. Cheap, yet meant to live as long as the application: batches
    /// form only among the records of one producer. Dispose it to send what is left.
    /// </summary>
    /// <param name="configure">Starts from <see cref="StreamingClientOptions.Producer"/>.</param>
    /// <exception cref="InvalidOperationException">There is no serializer for the key or the value, or options contradict each other.</exception>
    /// <exception cref="ClientClosedException">The client is closed.</exception>
    IProducer<TKey, TValue> CreateProducer<TKey, TValue>(Action<ProducerOptions<TKey, TValue>>? configure = null);

    /// <summary>A consumer; nothing is read, and no group joined, before it is enumerated.</summary>
    /// <param name="configure">Starts from <see cref="StreamingClientOptions.Consumer"/>.</param>
    /// <exception cref="InvalidOperationException">There is no deserializer for the key or the value, or options contradict each other.</exception>
    /// <exception cref="ClientClosedException">The client is closed.</exception>
    IConsumer<TKey, TValue> CreateConsumer<TKey, TValue>(Action<ConsumerOptions<TKey, TValue>>? configure = null);
}
