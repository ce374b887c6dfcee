using System.Collections.Concurrent;
using OrleansStreaming.Cli.Clusters;
using OrleansStreaming.Cli.Kafka.Wire;
using OrleansStreaming.Kafka.Protocol.Messages;
using OrleansStreaming.Records.Errors;
using OrleansStreaming.Records.Ids;

namespace OrleansStreaming.Cli.Kafka.Admin;

/// <summary>ListOffsets, asked of each partition's leader.</summary>
internal sealed class PartitionOffsets(KafkaCluster cluster)
{
    private const long Latest = -1;
    private const long Earliest = -2;
    private const int Consumer = -1;

    /// <summary>Where the position is in each partition; the end where no record is at or after a time.</summary>
    public async Task<IReadOnlyDictionary<TopicPartition, Offset>> FindAsync(
        IReadOnlyCollection<TopicPartition> partitions, StartPosition position, bool readCommitted, CancellationToken cancellationToken)
    {
        if (position.Kind == StartKind.Offset)
        {
            return partitions.ToDictionary(partition => partition, _ => new Offset(position.Value));
        }

        var timestamp = position.Kind switch
        {
            StartKind.Beginning => Earliest,
            StartKind.End => Latest,
            _ => position.Value,
        };
        var found = await AskAsync(partitions, timestamp, readCommitted, cancellationToken).ConfigureAwait(false);
        var later = found.Where(entry => entry.Value < Offset.Zero).Select(entry => entry.Key).ToArray();
        if (later.Length > 0)
        {
            foreach (var (partition, end) in await AskAsync(later, Latest, readCommitted, cancellationToken).ConfigureAwait(false))
            {
                found[partition] = end;
            }
        }

        return found;
    }

    private Task<Dictionary<TopicPartition, Offset>> AskAsync(
        IReadOnlyCollection<TopicPartition> partitions, long timestamp, bool readCommitted, CancellationToken cancellationToken) => cluster.Retries.RunAsync(
        async () =>
        {
            var view = await cluster.ViewWithLeadersAsync([.. partitions.Select(partition => partition.Topic).Distinct()], cancellationToken).ConfigureAwait(false);
            var found = new ConcurrentDictionary<TopicPartition, Offset>();
            var byLeader = partitions.GroupBy(partition => Leader(view, partition));
            await Task.WhenAll(byLeader.Select(async leader =>
            {
                var response = await cluster.AskBrokerAsync<ListOffsetsResponse>(
                    leader.Key, ApiKey.ListOffsets, _ => Request(leader, timestamp, readCommitted), TimeSpan.Zero, cancellationToken).ConfigureAwait(false);
                Collect(response, found);
            })).ConfigureAwait(false);
            return found.ToDictionary();
        },
        cancellationToken);

    private static int Leader(ClusterView view, TopicPartition partition)
    {
        var leader = view.LeaderOf(partition);
        return leader.Value >= 0 ? leader.Value : throw Unknown.Partition(partition.Topic, partition.Partition, view.Topics[partition.Topic].Partitions.Count);
    }

    private static ListOffsetsRequest Request(IEnumerable<TopicPartition> partitions, long timestamp, bool readCommitted) => new()
    {
        ReplicaId = Consumer,
        IsolationLevel = readCommitted ? (sbyte)1 : (sbyte)0,
        Topics =
        [
            .. partitions.GroupBy(partition => partition.Topic).Select(topic => new ListOffsetsRequest.ListOffsetsTopic
            {
                Name = topic.Key,
                Partitions =
                [
                    .. topic.Select(partition => new ListOffsetsRequest.ListOffsetsPartition { PartitionIndex = partition.Partition, Timestamp = timestamp }),
                ],
            }),
        ],
    };

    private static void Collect(ListOffsetsResponse response, ConcurrentDictionary<TopicPartition, Offset> found)
    {
        foreach (var topic in response.Topics)
        {
            foreach (var partition in topic.Partitions)
            {
                var name = new TopicPartition(topic.Name, partition.PartitionIndex);
                if ((ErrorCode)partition.ErrorCode is ErrorCode.UnknownTopicOrPartition)
                {
                    throw Unknown.Topic(topic.Name);
                }

                Answers.Check(partition.ErrorCode, $"No offset of {name}");
                found[name] = new Offset(partition.OldStyleOffsets is [var old, ..] ? old : partition.Offset);
            }
        }
    }
}
