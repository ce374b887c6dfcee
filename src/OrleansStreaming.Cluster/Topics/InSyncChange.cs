using OrleansStreaming.Cluster.Brokers;
using OrleansStreaming.Contracts.Cluster;
using OrleansStreaming.Records.Errors;

namespace OrleansStreaming.Cluster.Topics;

/// <summary>The outcome of a wish for an in-sync set: why not, or the partition as it becomes.</summary>
public readonly record struct InSyncChange(ErrorCode Error, string? Message, PartitionState? Partition)
{
    /// <summary>
    /// Compare-and-swap: only the present leader, in its present epoch, having seen the present state, may change it. Who joins is
    /// noted with the broker epoch it answered under; who was in keeps the one noted before (KIP-903).
    /// </summary>
    /// <param name="known">
    /// The brokers as they are known here, maybe not the newest: who is down, about to stop, or has restarted since it answered,
    /// does not join. An unsound member that slips in is taken out by the next election, and never leads by it.
    /// </param>
    public static InSyncChange Decide(PartitionState partition, InSyncProposal proposal, PartitionRules rules, LivingBrokers known)
    {
        if (Check(partition, proposal) is { } refusal)
        {
            return refusal;
        }

        var wished = Array.ConvertAll(proposal.InSyncReplicas, broker => broker.Value);
        foreach (var id in wished)
        {
            if (!partition.InSync.Contains(id) && WhyNotJoin(id, EpochIn(proposal, wished, id), known) is { } reason)
            {
                return Refuse(ErrorCode.IneligibleReplica, reason);
            }
        }

        // A leader calls an earlier wish off by asking for the set as it is: from the next epoch on, the earlier one is stale.
        var lost = Array.ConvertAll(proposal.LostReplicas, broker => broker.Value);
        if (wished.Order().SequenceEqual(partition.InSync.Order()) && !lost.Intersect(partition.Eligible).Any())
        {
            return new InSyncChange(ErrorCode.None, null, partition with { PartitionEpoch = partition.PartitionEpoch + 1 });
        }

        var next = partition.WithInSync(
            wished,
            id => partition.InSync.Contains(id) ? partition.InSyncEpochOf(id) : EpochIn(proposal, wished, id),
            rules,
            id => !lost.Contains(id));
        return new InSyncChange(ErrorCode.None, null, Reassignments.Complete(next, known, rules).After(partition));
    }

    private static InSyncChange? Check(PartitionState partition, InSyncProposal proposal)
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

        return proposal.BrokerEpochs.Length == wished.Length
            ? null
            : Refuse(ErrorCode.InvalidRequest, "Each in-sync replica needs the broker epoch it answered under.");
    }

    private static string? WhyNotJoin(int id, long epoch, LivingBrokers known) => known.Find(id) switch
    {
        null => $"Broker {id} is not known to be up.",
        { IsStopping: true } => $"Broker {id} is about to stop.",
        { Epoch: var present } when epoch < present => $"Broker {id} has restarted under epoch {present} since it answered under {epoch}.",
        _ => null,
    };

    private static long EpochIn(InSyncProposal proposal, int[] wished, int id) => proposal.BrokerEpochs[Array.IndexOf(wished, id)];

    private static InSyncChange Refuse(ErrorCode error, string message) => new(error, message, null);
}
