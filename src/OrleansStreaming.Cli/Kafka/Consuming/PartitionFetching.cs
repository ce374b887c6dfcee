using System.Threading.Channels;
using OrleansStreaming.Cli.Clusters;
using OrleansStreaming.Cli.Kafka.Admin;
using OrleansStreaming.Cli.Kafka.Wire;
using OrleansStreaming.Client;
using OrleansStreaming.Records.Ids;

namespace OrleansStreaming.Cli.Kafka.Consuming;

/// <summary>Reads partitions into a channel, a pump for each leader, and starts them anew when leaders move.</summary>
internal sealed class PartitionFetching(KafkaCluster cluster, PartitionOffsets offsets, FeedOptions options)
{
    /// <summary>Chunks read ahead of the reader, of at most a megabyte or one batch each.</summary>
    private const int Prefetched = 8;

    /// <summary>Starts reading. The channel ends with the failure that ends reading, or when it is cancelled.</summary>
    /// <param name="positions">Where to begin; changed from now on.</param>
    public ChannelReader<FetchedChunk> Start(Dictionary<TopicPartition, Offset> positions, CancellationToken cancellationToken)
    {
        var channel = Channel.CreateBounded<FetchedChunk>(new BoundedChannelOptions(Prefetched) { SingleReader = true });
        _ = Task.Run(
            async () =>
            {
                try
                {
                    await RunAsync(positions, channel.Writer, cancellationToken).ConfigureAwait(false);
                }
                catch (Exception failure)
                {
                    channel.Writer.TryComplete(failure is OperationCanceledException ? null : failure);
                }
            },
            CancellationToken.None);
        return channel.Reader;
    }

    private async Task RunAsync(Dictionary<TopicPartition, Offset> positions, ChannelWriter<FetchedChunk> output, CancellationToken cancellationToken)
    {
        if (positions.Count == 0)
        {
            // A member without partitions only waits for the next generation.
            await Task.Delay(Timeout.InfiniteTimeSpan, cluster.Options.Time, cancellationToken).ConfigureAwait(false);
        }

        var topics = positions.Keys.Select(partition => partition.Topic).Distinct().ToArray();
        var time = cluster.Options.Time;
        var lastRead = time.GetTimestamp();
        for (var tries = 0; ; tries++)
        {
            var hasRead = false;
            try
            {
                var view = await cluster.ViewWithLeadersAsync(topics, cancellationToken).ConfigureAwait(false);
                hasRead = await RunPumpsAsync(view, positions, output, cancellationToken).ConfigureAwait(false);
            }
            catch (StreamingException failure) when ((failure.IsRetriable || failure is BrokerUnavailableException) && time.GetElapsedTime(lastRead) < cluster.Options.Timeout)
            {
            }

            if (hasRead)
            {
                tries = 0;
                lastRead = time.GetTimestamp();
            }

            await cluster.Retries.WaitAsync(tries, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Returns when the leaders must be looked up anew.</summary>
    /// <returns>Whether anything was read.</returns>
    private async Task<bool> RunPumpsAsync(
        ClusterView view, Dictionary<TopicPartition, Offset> positions, ChannelWriter<FetchedChunk> output, CancellationToken cancellationToken)
    {
        using var round = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var pumps = positions.Keys.ToArray().GroupBy(partition => view.LeaderOf(partition).Value)
            .Select(leader => new LeaderPump(cluster, offsets, options, leader.Key, [.. leader], positions)).ToArray();
        var running = pumps.Select(pump => pump.RunAsync(output, round.Token)).ToArray();
        var first = await Task.WhenAny(running).ConfigureAwait(false);
        await round.CancelAsync().ConfigureAwait(false);
        await Task.WhenAll(running).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        cancellationToken.ThrowIfCancellationRequested();
        var hasRead = pumps.Any(pump => pump.HasRead);
        try
        {
            await first.ConfigureAwait(false);
        }
        catch (StreamingException failure) when (hasRead && (failure.IsRetriable || failure is BrokerUnavailableException))
        {
            // It went well until now: as good as a first failure.
        }

        return hasRead;
    }
}
