using System.Runtime.CompilerServices;
using OrleansStreaming.Cli.Clusters;
using OrleansStreaming.Cli.Kafka.Admin;
using OrleansStreaming.Cli.Kafka.Wire;
using OrleansStreaming.Records.Ids;

namespace OrleansStreaming.Cli.Kafka.Consuming;

/// <summary>Reads partitions without a group.</summary>
internal sealed class KafkaFeed(KafkaCluster cluster, PartitionOffsets offsets, FeedOptions options) : IRecordFeed
{
    public async IAsyncEnumerable<RecordChunk> ReadAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var partitions = await PartitionsAsync(cancellationToken).ConfigureAwait(false);
        var ends = options.StopAtEnd
            ? new PartitionEnds(await offsets.FindAsync(partitions, StartPosition.End, options.ReadCommitted, cancellationToken).ConfigureAwait(false))
            : null;
        var positions = (await offsets.FindAsync(partitions, options.Start, options.ReadCommitted, cancellationToken).ConfigureAwait(false)).ToDictionary();
        foreach (var (partition, position) in positions)
        {
            ends?.Advance(partition, position);
        }

        using var reading = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        try
        {
            if (ends?.AllReached(partitions) == true)
            {
                yield break;
            }

            await foreach (var chunk in new PartitionFetching(cluster, offsets, options).Start(positions, reading.Token).ReadAllAsync(cancellationToken).ConfigureAwait(false))
            {
                var records = ends?.Within(chunk.Partition, chunk.Records) ?? chunk.Records;
                if (records.Count > 0)
                {
                    yield return new RecordChunk(chunk.Partition, records);
                }

                ends?.Advance(chunk.Partition, chunk.Next);
                if (ends?.AllReached(partitions) == true)
                {
                    yield break;
                }
            }
        }
        finally
        {
            await reading.CancelAsync().ConfigureAwait(false);
        }
    }

    /// <summary>Without a group nobody asks where this reader was.</summary>
    public void MarkProcessed(TopicPartition partition, Offset next)
    {
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private async Task<TopicPartition[]> PartitionsAsync(CancellationToken cancellationToken)
    {
        var view = await cluster.ViewWithLeadersAsync(options.Topics, cancellationToken).ConfigureAwait(false);
        var partitions = new List<TopicPartition>();
        foreach (var topic in options.Topics)
        {
            var count = view.Topics[topic].Partitions.Count;
            foreach (var partition in options.Partitions ?? [.. Enumerable.Range(0, count)])
            {
                partitions.Add(partition < count ? new TopicPartition(topic, partition) : throw Unknown.Partition(topic, partition, count));
            }
        }

        return [.. partitions];
    }
}
