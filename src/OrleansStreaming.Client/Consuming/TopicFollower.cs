using OrleansStreaming.Contracts.Replication;
using OrleansStreaming.Records.Ids;

namespace OrleansStreaming.Client.Consuming;

/// <summary>Without a group: gives a session all partitions of its topics, also those that are added while it runs, or exactly the ones named.</summary>
internal sealed class TopicFollower(ConsumerSession session, IReadOnlyList<string> topics, IReadOnlyList<TopicPartition> partitions)
{
    public async Task RunAsync(CancellationToken stopping)
    {
        try
        {
            var link = session.Link;
            foreach (var topic in topics)
            {
                await link.TopicAsync(topic, create: false, stopping).ConfigureAwait(false);
            }

            await AddAsync(partitions, isLate: false, stopping).ConfigureAwait(false);
            for (var isLate = false; topics.Count > 0; isLate = true)
            {
                var image = link.Image;
                var known = topics.Where(image.Topics.ContainsKey)
                    .SelectMany(topic => image.Topics[topic].Partitions.Select(partition => new TopicPartition(topic, partition.Partition)));
                await AddAsync([.. known.Except(session.Assignment)], isLate, stopping).ConfigureAwait(false);
                await link.Metadata.WaitForVersionAsync(image.Version + 1, stopping).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            // The consumer is closed or reads something else.
        }
        catch (Exception failure)
        {
            session.Fail(failure);
        }
    }

    /// <param name="added">May be empty.</param>
    /// <param name="isLate">They were added while the topic was read: read from the first record, or some would never be seen.</param>
    /// <param name="stopping">Ends it.</param>
    private async Task AddAsync(IReadOnlyList<TopicPartition> added, bool isLate, CancellationToken stopping)
    {
        if (added.Count == 0)
        {
            return;
        }

        var committed = session.Offsets is null
            ? new Dictionary<TopicPartition, Offset>()
            : await session.Offsets.FetchAsync(added, stopping).ConfigureAwait(false);
        var positions = await Task.WhenAll(added.Select(async partition => (partition, Offset:
            session.HasLaterSeek(partition) ? Offset.Zero
            : committed.TryGetValue(partition, out var offset) ? offset
            : isLate ? await Connections.PartitionCalls.FindOffsetAsync(session.Link, partition, FindOffsetCommand.Earliest, ReadIsolation.ReadUncommitted, stopping).ConfigureAwait(false) ?? Offset.Zero
            : await session.ResetAsync(partition, null, stopping).ConfigureAwait(false)))).ConfigureAwait(false);
        await session.AddAsync(positions.ToDictionary(entry => entry.partition, entry => entry.Offset), stopping).ConfigureAwait(false);
    }
}
