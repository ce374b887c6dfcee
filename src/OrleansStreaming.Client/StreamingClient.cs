using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Orleans;
using OrleansStreaming.Client.Admin;
using OrleansStreaming.Client.Connections;
using OrleansStreaming.Client.Consuming;
using OrleansStreaming.Client.Hosting;
using OrleansStreaming.Client.Producing;

namespace OrleansStreaming.Client;

/// <summary>The <see cref="IStreamingClient"/> of a process.</summary>
public sealed class StreamingClient : IStreamingClient
{
    private readonly ClusterLink _link;
    private readonly ProducerIds _producerIds;
    private readonly IDisposable? _ownMetadata;
    private volatile bool _isClosed;

    internal StreamingClient(ClusterLink link)
    {
        _link = link;
        _ownMetadata = link.Metadata as RemoteMetadata;
        _producerIds = new ProducerIds(link);
        Admin = new StreamingAdmin(link);
    }

    /// <inheritdoc/>
    public IStreamingAdmin Admin { get; }

    internal ClusterLink Link => _link;

    /// <summary>A client without a container: for tools and tests that have an Orleans client or silo at hand.</summary>
    /// <param name="grains">The Orleans client (<c>IClusterClient</c>) or a silo's grain factory; stays the caller's.</param>
    /// <param name="options">Default: all defaults.</param>
    /// <param name="logging">Default: no logging.</param>
    /// <param name="time">Default: the system's clock.</param>
    public static StreamingClient Create(
        IGrainFactory grains, StreamingClientOptions? options = null, ILoggerFactory? logging = null, TimeProvider? time = null)
    {
        ArgumentNullException.ThrowIfNull(grains);
        return new StreamingClient(LinkComposition.Remote(grains, options ?? new StreamingClientOptions(), logging ?? NullLoggerFactory.Instance, time ?? TimeProvider.System));
    }

    /// <inheritdoc/>
    public IProducer<TKey, TValue> CreateProducer<TKey, TValue>(Action<ProducerOptions<TKey, TValue>>? configure = null)
    {
        ThrowIfClosed();
        var options = new ProducerOptions<TKey, TValue>();
        options.CopyFrom(_link.Options.Producer);
        configure?.Invoke(options);
        return new Producer<TKey, TValue>(
            new ProducerCore(_link, _producerIds, options, options.Partitioner),
            options.KeySerializer ?? _link.Options.Serializers.SerializerOf<TKey>(),
            options.ValueSerializer ?? _link.Options.Serializers.SerializerOf<TValue>());
    }

    /// <inheritdoc/>
    public IConsumer<TKey, TValue> CreateConsumer<TKey, TValue>(Action<ConsumerOptions<TKey, TValue>>? configure = null)
    {
        ThrowIfClosed();
        var options = new ConsumerOptions<TKey, TValue>();
        options.CopyFrom(_link.Options.Consumer);
        configure?.Invoke(options);
        return new Consumer<TKey, TValue>(
            _link,
            options,
            options.KeyDeserializer ?? _link.Options.Serializers.DeserializerOf<TKey>(),
            options.ValueDeserializer ?? _link.Options.Serializers.DeserializerOf<TValue>(),
            () => CreateProducer<byte[], byte[]>());
    }

    /// <summary>Makes no more producers and consumers, and stops following the cluster. Dispose producers and consumers first.</summary>
    public ValueTask DisposeAsync()
    {
        _isClosed = true;
        _ownMetadata?.Dispose();
        return ValueTask.CompletedTask;
    }

    private void ThrowIfClosed()
    {
        if (_isClosed)
        {
            throw new ClientClosedException("The client is closed. Keep one client as long as the application runs.");
        }
    }
}
