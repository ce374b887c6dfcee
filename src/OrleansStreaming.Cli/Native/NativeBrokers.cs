using OrleansStreaming.Cli.Clusters;
using OrleansStreaming.Client;
using OrleansStreaming.Client.Admin;
using OrleansStreaming.Records.Errors;
using OrleansStreaming.Records.Ids;

namespace OrleansStreaming.Cli.Native;

/// <summary>Brokers over the SDK. Partitions are asked for one by one, so that each has its own verdict.</summary>
internal sealed class NativeBrokers(IStreamingAdmin admin) : IBrokers
{
    public Task<ClusterInfo> DescribeAsync(CancellationToken cancellationToken) => admin.DescribeClusterAsync(cancellationToken);

    public Task<IReadOnlyList<PartitionVerdict>> ReassignAsync(
        IReadOnlyDictionary<TopicPartition, IReadOnlyList<BrokerId>?> moves, CancellationToken cancellationToken) => EachAsync(
            moves.Keys,
            partition => admin.ReassignPartitionsAsync(
                new Dictionary<TopicPartition, IReadOnlyList<BrokerId>?> { [partition] = moves[partition] }, cancellationToken));

    public Task<IReadOnlyList<ReassignmentInfo>> ReassignmentsAsync(CancellationToken cancellationToken) => admin.ListReassignmentsAsync(cancellationToken);

    public async Task<IReadOnlyList<PartitionVerdict>> ElectAsync(
        IReadOnlyList<TopicPartition>? partitions, bool unclean, CancellationToken cancellationToken)
    {
        partitions ??=
        [
            .. from topic in await admin.ListTopicsAsync(includeInternal: true, cancellationToken).ConfigureAwait(false)
               from partition in topic.Partitions
               select new TopicPartition(topic.Name, partition.Partition),
        ];
        return await EachAsync(partitions, partition => admin.ElectLeadersAsync([partition], unclean, cancellationToken)).ConfigureAwait(false);
    }

    private static async Task<IReadOnlyList<PartitionVerdict>> EachAsync(IEnumerable<TopicPartition> partitions, Func<TopicPartition, Task> ask)
    {
        var verdicts = new List<PartitionVerdict>();
        foreach (var partition in partitions)
        {
            try
            {
                await ask(partition).ConfigureAwait(false);
                verdicts.Add(new PartitionVerdict(partition, ErrorCode.None, null));
            }
            catch (StreamingException refusal) when (refusal is not BrokerUnavailableException)
            {
                verdicts.Add(new PartitionVerdict(partition, refusal.Error, refusal.Message));
            }
        }

        return verdicts;
    }
}
