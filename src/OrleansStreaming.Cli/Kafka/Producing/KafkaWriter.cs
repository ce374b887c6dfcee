using System.Collections.Concurrent;
using OrleansStreaming.Cli.Clusters;
using OrleansStreaming.Cli.Kafka.Wire;
using OrleansStreaming.Client;
using OrleansStreaming.Client.Producing;
using OrleansStreaming.Records.Ids;

namespace OrleansStreaming.Cli.Kafka.Producing;

/// <summary>
/// Appends records over the Kafka port. Keys go where the Java client sends them; records without a key stay with a partition
/// for a batch at a time.
/// </summary>
internal sealed class KafkaWriter(KafkaCluster cluster, WriterOptions options) : IRecordWriter
{
    /// <summary>A record in memory is more than its bytes: its own fields, its task, its place in the batch.</summary>
    private const int RecordOverhead = 128;

    private readonly TopicViews _topics = new(cluster);
    private readonly ByteBudget _budget = new(options.BufferMemory);
    private readonly ConcurrentDictionary<TopicPartition, PartitionSender> _senders = new();
    private readonly ConcurrentDictionary<Task, bool> _underWay = new();
    private readonly KeylessChoice _keyless = new(KeylessPartitioning.Sticky, options.BatchSize, cluster.Options.Chance);
    private readonly Lock _gate = new();
    private Task<ProducerIdentity>? _identity;

    public async ValueTask<Task<RecordPlace>> EnqueueAsync(OutgoingRecord record, CancellationToken cancellationToken)
    {
        var count = await _topics.PartitionCountAsync(record.Topic, cancellationToken).ConfigureAwait(false);
        if (record.Partition is { } chosen && (chosen < 0 || chosen >= count))
        {
            throw Unknown.Partition(record.Topic, chosen, count);
        }

        var identity = await IdentityAsync(cancellationToken).ConfigureAwait(false);
        var partition = new TopicPartition(record.Topic, record.Partition ?? Choose(record, count));
        var reserved = record.Size + RecordOverhead;
        await _budget.TakeAsync(reserved).ConfigureAwait(false);
        var sender = _senders.GetOrAdd(partition, name => new PartitionSender(cluster, _topics, options, identity, name, _budget));
        var acknowledgement = sender.Append(record, reserved);
        _underWay[acknowledgement] = true;
        _ = acknowledgement.ContinueWith(
            static (done, state) => ((ConcurrentDictionary<Task, bool>)state!).TryRemove(done, out _), _underWay, TaskScheduler.Default);
        return acknowledgement;
    }

    public async ValueTask FlushAsync(CancellationToken cancellationToken)
    {
        foreach (var acknowledgement in _underWay.Keys)
        {
            await ((Task)acknowledgement).WaitAsync(cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        cancellationToken.ThrowIfCancellationRequested();
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var sender in _senders.Values)
        {
            await sender.CloseAsync().ConfigureAwait(false);
        }
    }

    private int Choose(OutgoingRecord record, int count)
    {
        if (record.Key is { } key)
        {
            return Murmur2.Partition(key, count);
        }

        lock (_gate)
        {
            return _keyless.Next(count, record.Size);
        }
    }

    private Task<ProducerIdentity> IdentityAsync(CancellationToken cancellationToken)
    {
        if (!options.Idempotence)
        {
            return Task.FromResult(ProducerIdentity.None);
        }

        lock (_gate)
        {
            return _identity is null or { IsFaulted: true } or { IsCanceled: true }
                ? _identity = ProducerIdentity.ObtainAsync(cluster, cancellationToken)
                : _identity;
        }
    }
}
