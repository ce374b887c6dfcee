using System.Collections.Concurrent;
using OrleansStreaming.Client.Connections;
using OrleansStreaming.Contracts.Cluster;
using OrleansStreaming.Records.Compression;
using OrleansStreaming.Records.Ids;

namespace OrleansStreaming.Client.Producing;

/// <summary>A producer without types: topics, their partitions' senders, and the end of it all. Any thread.</summary>
internal sealed class ProducerCore : IAsyncDisposable
{
    private readonly ConcurrentDictionary<string, TopicRoute> _routes = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, TopicLine> _lines = new(StringComparer.Ordinal);
    private readonly SemaphoreSlim _opening = new(1, 1);
    private readonly IPartitioner? _partitioner;
    private ProducerId? _producerId;
    private Task? _closing;

    /// <exception cref="InvalidOperationException">The options contradict each other, or the codec is not there.</exception>
    public ProducerCore(ClusterLink link, ProducerIds ids, ProducerOptions options, IPartitioner? partitioner)
    {
        Check(options);
        Shared = new ProducerShared(link, ids, options);
        _partitioner = partitioner;
    }

    public ProducerShared Shared { get; }

    /// <summary>The topic's senders, if they are at hand.</summary>
    public TopicRoute? FindRoute(string topic)
    {
        ThrowIfClosed();
        return _routes.TryGetValue(topic, out var route)
            && Shared.Link.Image.Topics.TryGetValue(topic, out var now)
            && ReferenceEquals(now, route.Topic)
            && route.Line.IsEmpty ? route : null;
    }

    /// <summary>The line of a topic's records that cannot be appended at once.</summary>
    public TopicLine LineOf(string topic) => _lines.GetOrAdd(topic, static _ => new TopicLine());

    /// <summary>The topic's senders, opened when it is the first record for them.</summary>
    public async Task<TopicRoute> OpenRouteAsync(TopicDescription description, CancellationToken cancellationToken)
    {
        var topic = description.Name;
        await _opening.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            ThrowIfClosed();
            _producerId ??= Shared.Options.Idempotence ? await FirstIdAsync(cancellationToken).ConfigureAwait(false) : ProducerId.None;
            var known = _routes.GetValueOrDefault(topic);
            return known is not null && ReferenceEquals(known.Topic, description)
                ? known
                : _routes[topic] = new TopicRoute(Shared, description, known, LineOf(topic), _producerId.Value);
        }
        finally
        {
            _opening.Release();
        }
    }

    /// <exception cref="UnknownTopicException">There is no partition of that number.</exception>
    public int Choose(TopicRoute route, int? asked, ReadOnlySpan<byte> key, bool hasKey, int size)
    {
        var count = route.Senders.Length;
        var chosen = asked ?? (
            _partitioner is not null ? _partitioner.Choose(route.Topic.Name, key, hasKey, count)
            : hasKey ? Murmur2.Partition(key, count)
            : route.Keyless.Next(count, size));
        return (uint)chosen < (uint)count ? chosen : throw Refusals.UnknownPartition(new TopicPartition(route.Topic.Name, chosen), count);
    }

    public async ValueTask FlushAsync(CancellationToken cancellationToken)
    {
        foreach (var waiting in Shared.Budget.Waiting())
        {
            await waiting.Entered.WaitAsync(cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            cancellationToken.ThrowIfCancellationRequested();
        }

        var open = _routes.Values.SelectMany(route => route.Senders).Distinct().SelectMany(sender => sender.Flush()).Select(batch => batch.WhenDone()).ToArray();
        await Task.WhenAll(open).WaitAsync(cancellationToken).ConfigureAwait(false);
    }

    public ValueTask DisposeAsync()
    {
        lock (_routes)
        {
            return new ValueTask(_closing ??= CloseAsync());
        }
    }

    public void ThrowIfClosed()
    {
        if (Shared.IsClosed)
        {
            throw new ClientClosedException("The producer is closed. Make a new one, or keep this one until the application ends.");
        }
    }

    private async Task CloseAsync()
    {
        Shared.Close();

        // Every batch ends by its own delivery timeout, so this does too.
        await FlushAsync(CancellationToken.None).ConfigureAwait(false);
        foreach (var sender in _routes.Values.SelectMany(route => route.Senders))
        {
            sender.Close();
        }
    }

    private async Task<ProducerId> FirstIdAsync(CancellationToken cancellationToken)
    {
        var link = Shared.Link;
        var began = link.Time.GetTimestamp();
        for (var attempt = 0; ; attempt++)
        {
            try
            {
                return await Shared.Ids.NextAsync(cancellationToken).ConfigureAwait(false);
            }
            catch (Exception failure) when (failure is not OperationCanceledException || !cancellationToken.IsCancellationRequested)
            {
                if (link.Time.GetElapsedTime(began) >= link.Options.MetadataTimeout)
                {
                    throw Refusals.Unavailable("No producer id was given", link.Options.MetadataTimeout, failure);
                }
            }

            await link.PauseAsync(attempt, link.Image.Version, cancellationToken).ConfigureAwait(false);
        }
    }

    private static void Check(ProducerOptions options)
    {
        if (options.Idempotence && options.Acks != Acknowledgement.All)
        {
            throw new InvalidOperationException($"Idempotence needs Acks = All, but Acks is {options.Acks}: set Idempotence to false, or Acks to All.");
        }

        if (options.MaxInFlight < 1 || (options.Idempotence && options.MaxInFlight > 5))
        {
            throw new InvalidOperationException($"MaxInFlight must be from 1 to 5 with idempotence, and at least 1 without; it is {options.MaxInFlight}.");
        }

        if (options.BatchSize < 1 || options.BufferMemory < 1)
        {
            throw new InvalidOperationException("BatchSize and BufferMemory must be at least 1 byte.");
        }

        if (CompressionLibraries.FindMissing(options.Compression) is { } missing)
        {
            throw new InvalidOperationException($"{options.Compression} cannot be used here: {missing.Message}", missing);
        }
    }
}
