using OrleansStreaming.Cluster.Brokers;
using OrleansStreaming.Records.Errors;

namespace OrleansStreaming.Cluster.Topics;

/// <summary>
/// Moving a partition to other brokers (KIP-455): the new replicas join the old ones, and when all that shall stay are in sync,
/// the others go in one step. Pure.
/// </summary>
public static class Reassignments
{
    /// <summary>Starts a move, or turns the one under way to another target.</summary>
    /// <param name="target">The replicas it shall have, the preferred leader first; checked by the caller.</param>
    public static PartitionState Begin(PartitionState partition, int[] target, LivingBrokers living, PartitionRules rules)
    {
        // What an earlier move added is not original, even when this one keeps it: a cancel takes it out again.
        var original = partition.Replicas.Except(partition.Adding).ToArray();
        var removing = partition.Replicas.Except(target).Order().ToArray();
        int[] replicas = [.. target, .. removing];
        var next = partition with
        {
            Replicas = replicas,
            Adding = [.. replicas.Except(original).Order()],
            Removing = removing,
        };
        return Settle(partition, next, living, rules);
    }

    /// <summary>
    /// Stops the move under way: the replicas that it added go. Refusals: NO_REASSIGNMENT_IN_PROGRESS;
    /// INVALID_REPLICA_ASSIGNMENT when only they are in sync and the topic allows no unclean election.
    /// </summary>
    public static (ErrorCode Error, string? Message, PartitionState Partition) Cancel(
        PartitionState partition, LivingBrokers living, PartitionRules rules)
    {
        if (!partition.IsReassigning)
        {
            return (ErrorCode.NoReassignmentInProgress, "No reassignment of the partition is in progress.", partition);
        }

        var original = partition.Replicas.Except(partition.Adding).ToArray();
        if (original.Intersect(partition.InSync).Any())
        {
            return (ErrorCode.None, null, Settle(partition, Keep(partition, original, rules), living, rules));
        }

        if (!rules.IsUncleanAllowed)
        {
            return (ErrorCode.InvalidReplicaAssignment, "Only replicas that the reassignment added are in sync: going back would lose records.", partition);
        }

        var survivor = original.FirstOrDefault(living.Stays, original[0]);
        var forced = Keep(partition, original, rules) with { InSync = [survivor], InSyncEpochs = [living.EpochOf(survivor)], Eligible = [], EligibleEpochs = [] };
        return (ErrorCode.None, null, Settle(partition, forced, living, rules));
    }

    /// <summary>
    /// The partition with the move done when every replica that shall stay is in sync; else the same instance. A leader that goes
    /// hands over to the first that stays. Whoever lost the partition is fenced by a new leader epoch.
    /// </summary>
    /// <param name="known">Of the brokers that may take over, those that are known to be up come first.</param>
    public static PartitionState Complete(PartitionState partition, LivingBrokers known, PartitionRules rules)
    {
        var target = partition.Replicas.Except(partition.Removing).ToArray();
        if (!partition.IsReassigning || target.Length == 0 || target.Except(partition.InSync).Any())
        {
            return partition;
        }

        var kept = Keep(partition, target, rules);
        return partition.Leader == PartitionState.NoLeader
            ? kept
            : kept with
            {
                Leader = target.Contains(partition.Leader) ? partition.Leader : target.FirstOrDefault(known.Stays, target[0]),
                LeaderEpoch = partition.Removing.Length > 0 ? partition.LeaderEpoch + 1 : partition.LeaderEpoch,
            };
    }

    /// <summary>Only these replicas remain, and no move is under way.</summary>
    private static PartitionState Keep(PartitionState partition, int[] replicas, PartitionRules rules)
    {
        var next = partition with { Replicas = replicas, Adding = [], Removing = [] };
        return next.WithInSync([.. partition.InSync.Intersect(replicas)], partition.InSyncEpochOf, rules, _ => true);
    }

    private static PartitionState Settle(PartitionState before, PartitionState next, LivingBrokers living, PartitionRules rules)
    {
        next = PartitionElection.Elect(Complete(next, living, rules), living, rules);
        var mustFence = next.LeaderEpoch == before.LeaderEpoch && before.Replicas.Except(next.Replicas).Any();
        return (mustFence ? next with { LeaderEpoch = before.LeaderEpoch + 1 } : next).After(before);
    }
}
