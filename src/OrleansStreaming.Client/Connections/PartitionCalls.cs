using OrleansStreaming.Contracts.Replication;
using OrleansStreaming.Records.Errors;
using OrleansStreaming.Records.Ids;

namespace OrleansStreaming.Client.Connections;

/// <summary>Questions to the leader of a partition that are tried again while it moves. Any thread.</summary>
internal static class PartitionCalls
{
    /// <summary>The offset asked for; null when no record matches.</summary>
    public static async Task<Offset?> FindOffsetAsync(
        this ClusterLink link, TopicPartition partition, long timestamp, ReadIsolation isolation, CancellationToken cancellationToken)
    {
        var command = new FindOffsetCommand { Timestamp = timestamp, Isolation = isolation };
        var found = await AskLeaderAsync(
            link, partition, broker => link.Replica(partition, broker).FindOffset(command), static answer => answer.Error, cancellationToken).ConfigureAwait(false);
        return found.Error is not ErrorCode.None ? throw Refusals.Of(found.Error, null, $"{partition}: the offset could not be looked up")
            : found.Offset == Offset.None ? null
            : found.Offset;
    }

    /// <summary>Asks the leader, again while the error is one that passes.</summary>
    /// <exception cref="UnknownTopicException">There is no such topic or partition.</exception>
    /// <exception cref="BrokerUnavailableException">No leader answered in time.</exception>
    public static async Task<T> AskLeaderAsync<T>(
        ClusterLink link, TopicPartition partition, Func<BrokerId, Task<T>> question, Func<T, ErrorCode> errorOf, CancellationToken cancellationToken)
    {
        var began = link.Time.GetTimestamp();
        Exception? cause = null;
        for (var attempt = 0; ; attempt++)
        {
            var seen = link.Image.Version;
            var topic = await link.TopicAsync(partition.Topic, create: false, cancellationToken).ConfigureAwait(false);
            if ((uint)partition.Partition >= (uint)topic.Partitions.Count)
            {
                throw Refusals.UnknownPartition(partition, topic.Partitions.Count);
            }

            var leader = topic.Partitions[partition.Partition].Leader;
            try
            {
                if (leader != BrokerId.None)
                {
                    var answer = await link.CallAsync(() => question(leader), cancellationToken).ConfigureAwait(false);
                    if (!ErrorTable.IsRetriable(errorOf(answer)))
                    {
                        return answer;
                    }
                }
            }
            catch (Exception failure)
            {
                // Who has given up hears that, whatever else went wrong meanwhile.
                cancellationToken.ThrowIfCancellationRequested();
                cause = failure;
            }

            if (link.Time.GetElapsedTime(began) >= link.Options.MetadataTimeout)
            {
                throw Refusals.Unavailable($"The leader of {partition} did not answer", link.Options.MetadataTimeout, cause);
            }

            await link.PauseAsync(attempt, seen, cancellationToken).ConfigureAwait(false);
        }
    }
}
