using System.Runtime.CompilerServices;
using System.Threading.Channels;
using OrleansStreaming.Cli.Clusters;
using OrleansStreaming.Cli.Kafka.Admin;
using OrleansStreaming.Cli.Kafka.Wire;
using OrleansStreaming.Client;
using OrleansStreaming.Records.Ids;

namespace OrleansStreaming.Cli.Kafka.Consuming;

/// <summary>Reads as a member of a group, one generation, or assignment, after another.</summary>
internal sealed class KafkaGroupFeed(
    KafkaCluster cluster, PartitionOffsets offsets, GroupPositions committed, string groupId, FeedOptions options) : IRecordFeed
{
    private static readonly TimeSpan _commitInterval = TimeSpan.FromSeconds(5);

    private readonly IKafkaGroupMember _member = options.GroupProtocol is GroupProtocol.Consumer
        ? new KafkaConsumerMember(cluster, groupId, options.Topics)
        : new KafkaGroupMember(cluster, groupId, options.Topics);

    private readonly ProcessedPositions _processed = new();
    private PartitionEnds? _ends;
    private long _lastCommit = cluster.Options.Time.GetTimestamp();

    public async IAsyncEnumerable<RecordChunk> ReadAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await FindEndsAsync(cancellationToken).ConfigureAwait(false);
        while (true)
        {
            var assignment = await _member.JoinAsync(cancellationToken).ConfigureAwait(false);
            var positions = await PositionsAsync(assignment, cancellationToken).ConfigureAwait(false);
            using var generation = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            var beating = BeatAsync(generation);
            try
            {
                var chunks = new PartitionFetching(cluster, offsets, options).Start(positions, generation.Token);
                while (!IsDone(assignment) && await NextAsync(chunks, generation, cancellationToken).ConfigureAwait(false) is { } chunk)
                {
                    var records = _ends?.Within(chunk.Partition, chunk.Records) ?? chunk.Records;
                    if (records.Count > 0)
                    {
                        yield return new RecordChunk(chunk.Partition, records);
                    }

                    _ends?.Advance(chunk.Partition, chunk.Next);
                }
            }
            finally
            {
                await generation.CancelAsync().ConfigureAwait(false);
                await beating.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }

            if (IsDone(assignment))
            {
                yield break;
            }

            if (beating.IsFaulted)
            {
                await beating.ConfigureAwait(false);
            }

            await CommitAsync(cancellationToken).ConfigureAwait(false);
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
            await _member.LeaveAsync(CancellationToken.None).ConfigureAwait(false);
        }
    }

    private bool IsDone(IReadOnlyList<TopicPartition> assignment) => _ends?.AllReached(assignment) == true;

    private async Task FindEndsAsync(CancellationToken cancellationToken)
    {
        var view = await cluster.ViewWithLeadersAsync(options.Topics, cancellationToken).ConfigureAwait(false);
        if (options.StopAtEnd)
        {
            var partitions = options.Topics.SelectMany(topic => view.Topics[topic].Partitions.Select(partition => new TopicPartition(topic, partition.Partition))).ToArray();
            _ends = new PartitionEnds(await offsets.FindAsync(partitions, StartPosition.End, options.ReadCommitted, cancellationToken).ConfigureAwait(false));
        }
    }

    /// <summary>Committed positions, and the start asked for where there is none.</summary>
    private async Task<Dictionary<TopicPartition, Offset>> PositionsAsync(IReadOnlyList<TopicPartition> assignment, CancellationToken cancellationToken)
    {
        var known = await committed.FetchAllAsync(groupId, cancellationToken).ConfigureAwait(false);
        var positions = assignment.Where(known.ContainsKey).ToDictionary(partition => partition, partition => known[partition].Offset);
        var others = assignment.Where(partition => !known.ContainsKey(partition)).ToArray();
        if (others.Length > 0)
        {
            foreach (var (partition, offset) in await offsets.FindAsync(others, options.Start, options.ReadCommitted, cancellationToken).ConfigureAwait(false))
            {
                positions[partition] = offset;
            }
        }

        foreach (var (partition, position) in positions)
        {
            _ends?.Advance(partition, position);
        }

        return positions;
    }

    /// <summary>Ends the generation when the group moves on.</summary>
    private async Task BeatAsync(CancellationTokenSource generation)
    {
        try
        {
            await _member.BeatAsync(generation.Token).ConfigureAwait(false);
        }
        finally
        {
            await generation.CancelAsync().ConfigureAwait(false);
        }
    }

    /// <summary>The next chunk, committing while there is none; null when the generation has ended.</summary>
    private async Task<FetchedChunk?> NextAsync(ChannelReader<FetchedChunk> chunks, CancellationTokenSource generation, CancellationToken cancellationToken)
    {
        try
        {
            await CommitWhenDueAsync(cancellationToken).ConfigureAwait(false);
            while (true)
            {
                if (chunks.TryRead(out var chunk))
                {
                    return chunk;
                }

                // One wait for as long as there is nothing: the channel takes only one at a time.
                var more = chunks.WaitToReadAsync(generation.Token).AsTask();
                while (await Task.WhenAny(more, Task.Delay(_commitInterval, cluster.Options.Time, generation.Token)).ConfigureAwait(false) != more)
                {
                    await CommitWhenDueAsync(cancellationToken).ConfigureAwait(false);
                }

                if (!await more.ConfigureAwait(false))
                {
                    return null;
                }
            }
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return null;
        }
    }

    private async Task CommitWhenDueAsync(CancellationToken cancellationToken)
    {
        if (cluster.Options.Time.GetElapsedTime(_lastCommit) >= _commitInterval)
        {
            await CommitAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>A commit that comes too late is no failure here: others read on from the last one.</summary>
    private async Task CommitAsync(CancellationToken cancellationToken)
    {
        _lastCommit = cluster.Options.Time.GetTimestamp();
        var positions = _processed.Take();
        if (positions.Count == 0 || _member.Membership == GroupMembership.None)
        {
            return;
        }

        try
        {
            await committed.CommitAsync(groupId, _member.Membership, positions, cancellationToken).ConfigureAwait(false);
        }
        catch (CommitFailedException)
        {
        }
    }
}
