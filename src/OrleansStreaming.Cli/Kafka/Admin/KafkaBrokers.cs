using OrleansStreaming.Cli.Clusters;
using OrleansStreaming.Cli.Kafka.Wire;
using OrleansStreaming.Client.Admin;
using OrleansStreaming.Kafka.Protocol.Messages;
using OrleansStreaming.Records.Errors;
using OrleansStreaming.Records.Ids;

namespace OrleansStreaming.Cli.Kafka.Admin;

/// <summary>Brokers, reassignments and elections over the Kafka port.</summary>
internal sealed class KafkaBrokers(KafkaCluster cluster) : IBrokers
{
    private int TimeoutMs => (int)cluster.Options.Timeout.TotalMilliseconds;

    public async Task<ClusterInfo> DescribeAsync(CancellationToken cancellationToken)
    {
        var view = await cluster.ViewAsync([], cancellationToken).ConfigureAwait(false);
        return new ClusterInfo(view.ClusterId, view.Controller, [.. view.Brokers.Values.OrderBy(broker => broker.Id)]);
    }

    public async Task<IReadOnlyList<PartitionVerdict>> ReassignAsync(
        IReadOnlyDictionary<TopicPartition, IReadOnlyList<BrokerId>?> moves, CancellationToken cancellationToken)
    {
        var response = await cluster.AskControllerAsync<AlterPartitionReassignmentsResponse>(
            ApiKey.AlterPartitionReassignments,
            _ => new AlterPartitionReassignmentsRequest
            {
                TimeoutMs = TimeoutMs,
                Topics =
                [
                    .. moves.GroupBy(move => move.Key.Topic).Select(topic => new AlterPartitionReassignmentsRequest.ReassignableTopic
                    {
                        Name = topic.Key,
                        Partitions =
                        [
                            .. topic.Select(move => new AlterPartitionReassignmentsRequest.ReassignablePartition
                            {
                                PartitionIndex = move.Key.Partition,
                                Replicas = move.Value is { } replicas ? [.. replicas.Select(replica => replica.Value)] : null,
                            }),
                        ],
                    }),
                ],
            },
            cancellationToken).ConfigureAwait(false);
        Answers.Check(response.ErrorCode, "Nothing was reassigned", response.ErrorMessage);
        return
        [
            .. from topic in response.Responses
               from partition in topic.Partitions
               select new PartitionVerdict(new TopicPartition(topic.Name, partition.PartitionIndex), (ErrorCode)partition.ErrorCode, partition.ErrorMessage),
        ];
    }

    public async Task<IReadOnlyList<ReassignmentInfo>> ReassignmentsAsync(CancellationToken cancellationToken)
    {
        var response = await cluster.AskControllerAsync<ListPartitionReassignmentsResponse>(
            ApiKey.ListPartitionReassignments, _ => new ListPartitionReassignmentsRequest { TimeoutMs = TimeoutMs }, cancellationToken).ConfigureAwait(false);
        Answers.Check(response.ErrorCode, "Reassignments cannot be listed", response.ErrorMessage);
        return
        [
            .. from topic in response.Topics
               from partition in topic.Partitions
               select new ReassignmentInfo(
                   new TopicPartition(topic.Name, partition.PartitionIndex), Ids(partition.Replicas), Ids(partition.AddingReplicas), Ids(partition.RemovingReplicas)),
        ];
    }

    public async Task<IReadOnlyList<PartitionVerdict>> ElectAsync(
        IReadOnlyList<TopicPartition>? partitions, bool unclean, CancellationToken cancellationToken)
    {
        var response = await cluster.AskControllerAsync<ElectLeadersResponse>(
            ApiKey.ElectLeaders,
            _ => new ElectLeadersRequest
            {
                ElectionType = unclean ? (sbyte)1 : (sbyte)0,
                TopicPartitions = partitions is null
                    ? null
                    :
                    [
                        .. partitions.GroupBy(partition => partition.Topic).Select(topic => new ElectLeadersRequest.TopicPartitionsData
                        {
                            Topic = topic.Key, Partitions = [.. topic.Select(partition => partition.Partition)],
                        }),
                    ],
                TimeoutMs = TimeoutMs,
            },
            cancellationToken).ConfigureAwait(false);
        Answers.Check(response.ErrorCode, "No election was held");
        return
        [
            .. from topic in response.ReplicaElectionResults
               from partition in topic.PartitionResult
               select new PartitionVerdict(new TopicPartition(topic.Topic, partition.PartitionId), (ErrorCode)partition.ErrorCode, partition.ErrorMessage),
        ];
    }

    private static BrokerId[] Ids(IEnumerable<int> ids) => [.. ids.Select(id => new BrokerId(id))];
}
