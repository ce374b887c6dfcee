using OrleansStreaming.Cli.Clusters;
using OrleansStreaming.Client;
using OrleansStreaming.Client.Admin;
using OrleansStreaming.Records.Errors;
using OrleansStreaming.Records.Ids;

namespace OrleansStreaming.Cli.Native;

/// <summary>Brokers over the SDK, which does not move partitions: that goes over the Kafka port.</summary>
internal sealed class NativeBrokers(IStreamingAdmin admin) : IBrokers
{
    public Task<ClusterInfo> DescribeAsync(CancellationToken cancellationToken) => admin.DescribeClusterAsync(cancellationToken);

    public Task<IReadOnlyList<PartitionVerdict>> ReassignAsync(
        IReadOnlyDictionary<TopicPartition, IReadOnlyList<BrokerId>?> moves, CancellationToken cancellationToken) =>
        Task.FromException<IReadOnlyList<PartitionVerdict>>(NotThisWay());

    public Task<IReadOnlyList<Reassignment>> ReassignmentsAsync(CancellationToken cancellationToken) =>
        Task.FromException<IReadOnlyList<Reassignment>>(NotThisWay());

    public Task<IReadOnlyList<PartitionVerdict>> ElectAsync(
        IReadOnlyList<TopicPartition>? partitions, bool unclean, CancellationToken cancellationToken) =>
        Task.FromException<IReadOnlyList<PartitionVerdict>>(NotThisWay());

    private static RequestRefusedException NotThisWay() =>
        new(ErrorCode.UnsupportedVersion, "The Orleans client does not move partitions or hold elections; name the Kafka port with --bootstrap for that.");
}
