using OrleansStreaming.Client.Admin;
using OrleansStreaming.Records.Ids;

namespace OrleansStreaming.Cli.Clusters;

/// <summary>Brokers, and where partitions lie among them.</summary>
internal interface IBrokers
{
    Task<ClusterInfo> DescribeAsync(CancellationToken cancellationToken);

    /// <summary>Moves partitions to these replicas, in order of preference; null cancels a move under way.</summary>
    Task<IReadOnlyList<PartitionVerdict>> ReassignAsync(
        IReadOnlyDictionary<TopicPartition, IReadOnlyList<BrokerId>?> moves, CancellationToken cancellationToken);

    /// <summary>The moves under way.</summary>
    Task<IReadOnlyList<ReassignmentInfo>> ReassignmentsAsync(CancellationToken cancellationToken);

    /// <summary>Elects leaders: the preferred replicas, or any living one. Null partitions for all.</summary>
    Task<IReadOnlyList<PartitionVerdict>> ElectAsync(
        IReadOnlyList<TopicPartition>? partitions, bool unclean, CancellationToken cancellationToken);
}
