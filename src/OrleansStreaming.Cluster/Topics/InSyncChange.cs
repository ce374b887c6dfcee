using OrleansStreaming.Contracts.Cluster;
using OrleansStreaming.Records.Errors;

namespace OrleansStreaming.Cluster.Topics;

/// <summary>The outcome of a wish for another in-sync set; no partition and no error: it is so already.</summary>
public readonly record struct InSyncChange(ErrorCode Error, string? Message, PartitionState? Partition)
{
    /// <summary>Compare-and-swap: only the present leader, in its present epoch, having seen the present state, may change it.</summary>
    public static InSyncChange Decide(PartitionState partition, InSyncProposal proposal)
    {
        if (partition.Leader != proposal.Leader.Value)
        {
            return Refuse(ErrorCode.NotLeaderOrFollower, $"Broker {proposal.Leader} does not lead the partition.");
        }

        if (partition.LeaderEpoch != proposal.LeaderEpoch.Value)
        {
            return Refuse(
                proposal.LeaderEpoch.Value < partition.LeaderEpoch ? ErrorCode.FencedLeaderEpoch : ErrorCode.UnknownLeaderEpoch,
                $"The leader epoch is {partition.LeaderEpoch}, not {proposal.LeaderEpoch}.");
        }

        if (partition.PartitionEpoch != proposal.PartitionEpoch.Value)
        {
            return Refuse(
                ErrorCode.InvalidUpdateVersion, $"The partition epoch is {partition.PartitionEpoch}, not {proposal.PartitionEpoch}.");
        }

        var wished = Array.ConvertAll(proposal.InSyncReplicas, broker => broker.Value);
        if (!wished.Contains(partition.Leader) || wished.Distinct().Count() != wished.Length || wished.Except(partition.Replicas).Any())
        {
            return Refuse(ErrorCode.InvalidRequest, "In-sync replicas must be replicas, each once, the leader among them.");
        }

        return wished.Order().SequenceEqual(partition.InSync.Order())
            ? default
            : new InSyncChange(
                ErrorCode.None, null, partition with { InSync = wished, PartitionEpoch = partition.PartitionEpoch + 1 });
    }

    private static InSyncChange Refuse(ErrorCode error, string message) => new(error, message, null);
}
