using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using Orleans;
using OrleansStreaming.Client.Diagnostics;
using OrleansStreaming.Contracts.Cluster;
using OrleansStreaming.Contracts.Replication;
using OrleansStreaming.Records.Errors;
using OrleansStreaming.Records.Ids;

namespace OrleansStreaming.Client.Connections;

/// <summary>
/// What producers, consumers and the admin client of one process share: the way to the grains, the picture of the cluster, the
/// clock, and how calls are limited and tried again. Any thread.
/// </summary>
internal sealed class ClusterLink(
    IGrainFactory grains,
    IClusterMetadata metadata,
    ILocalReplicas? localReplicas,
    StreamingClientOptions options,
    TimeProvider time,
    Random chance,
    ClientMetrics metrics,
    ILoggerFactory logging)
{
    /// <summary>Even when metadata moves all the time, a refused call is not repeated faster than this.</summary>
    private static readonly TimeSpan _shortestPause = TimeSpan.FromMilliseconds(5);

    private readonly ConcurrentDictionary<ReplicaKey, IReplicaClientGrain> _replicas = new();

    public IGrainFactory Grains { get; } = grains;

    public StreamingClientOptions Options { get; } = options;

    public TimeProvider Time { get; } = time;

    /// <summary>Safe for any thread.</summary>
    public Random Chance { get; } = chance;

    public ClientMetrics Metrics { get; } = metrics;

    public ILoggerFactory Logging { get; } = logging;

    public IClusterMetadata Metadata { get; } = metadata;

    public ClusterImage Image => Metadata.Current;

    public IControllerGrain Controller => Grains.GetGrain<IControllerGrain>(IControllerGrain.Key);

    /// <summary>The replica of this very process, or null when it is elsewhere.</summary>
    public ILocalReplica? LocalReplica(TopicPartition partition) => localReplicas?.Find(partition);

    public IReplicaClientGrain Replica(TopicPartition partition, BrokerId broker) => _replicas.GetOrAdd(
        new ReplicaKey(partition, broker),
        static (key, grains) => grains.GetGrain<IReplicaClientGrain>(key.ToString()),
        Grains);

    /// <summary>The partition as it is known now; null when there is none.</summary>
    public (TopicDescription Topic, PartitionDescription Partition)? Find(TopicPartition partition) =>
        Image.Topics.TryGetValue(partition.Topic, out var topic) && (uint)partition.Partition < (uint)topic.Partitions.Count
            ? (topic, topic.Partitions[partition.Partition])
            : null;

    /// <summary>The topic, waiting for it to appear in metadata.</summary>
    /// <exception cref="UnknownTopicException">It does not appear in time.</exception>
    /// <exception cref="BrokerUnavailableException">There is no metadata in time.</exception>
    public ValueTask<TopicDescription> TopicAsync(string topic, bool create, CancellationToken cancellationToken)
    {
        ArgumentException.ThrowIfNullOrEmpty(topic);
        return Image.Topics.TryGetValue(topic, out var known) ? ValueTask.FromResult(known) : new(AwaitTopicAsync(topic, create, cancellationToken));
    }

    /// <summary>Waits until metadata is of this version.</summary>
    /// <exception cref="BrokerUnavailableException">It is not in time.</exception>
    public async Task AwaitVersionAsync(long version, CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(Options.MetadataTimeout, Time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            await Metadata.WaitForVersionAsync(version, both.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw Refusals.Unavailable("No broker answered", Options.MetadataTimeout);
        }
    }

    /// <summary>A call with this client's time limit. Failures of the call itself come out as they are.</summary>
    public Task<T> CallAsync<T>(Func<Task<T>> call, CancellationToken cancellationToken = default) =>
        call().WaitAsync(Options.RequestTimeout, Time, cancellationToken);

    /// <summary>Waits before try number <paramref name="attempt"/> + 1; less when metadata gets newer than <paramref name="seen"/>.</summary>
    public async Task PauseAsync(int attempt, long seen, CancellationToken cancellationToken)
    {
        var longest = Math.Min(Options.RetryBackoffMax.TotalMilliseconds, Options.RetryBackoff.TotalMilliseconds * Math.Pow(2, Math.Min(attempt, 16)));
        using var limit = new CancellationTokenSource(TimeSpan.FromMilliseconds(longest * (0.8 + (0.4 * Chance.NextDouble()))), Time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        await Task.Delay(_shortestPause, Time, both.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await Metadata.WaitForVersionAsync(seen + 1, both.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        cancellationToken.ThrowIfCancellationRequested();
    }

    private async Task<TopicDescription> AwaitTopicAsync(string topic, bool create, CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(Options.MetadataTimeout, Time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        var refusal = "";
        try
        {
            await Metadata.WaitForVersionAsync(0, both.Token).ConfigureAwait(false);
            if (create && !Image.Topics.ContainsKey(topic))
            {
                var created = await Controller.CreateTopic(new CreateTopicCommand { Name = topic }).WaitAsync(both.Token).ConfigureAwait(false);
                refusal = created.Error is ErrorCode.None or ErrorCode.TopicAlreadyExists ? "" : created.ErrorMessage ?? ErrorTable.MessageOf(created.Error);
            }

            while (true)
            {
                var image = Image;
                if (image.Topics.TryGetValue(topic, out var found))
                {
                    return found;
                }

                await Metadata.WaitForVersionAsync(image.Version + 1, both.Token).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw Image.Version < 0
                ? Refusals.Unavailable("No broker answered", Options.MetadataTimeout)
                : Refusals.UnknownTopic(topic, Options.MetadataTimeout, refusal);
        }
    }
}
