using OrleansStreaming.Cluster.Brokers;

namespace OrleansStreaming.Cluster.Topics;

/// <summary>How the in-sync set and the eligible leader replicas change together (KIP-966). Pure.</summary>
internal static class InSyncSets
{
    /// <summary>
    /// The partition with another in-sync set. Who leaves while fewer than the least number are in sync stays eligible: until
    /// there are enough again nothing is committed without it.
    /// </summary>
    /// <param name="epochOf">The broker epoch each member is in sync under.</param>
    /// <param name="mayBeEligible">False for those that lack what they acknowledged.</param>
    public static PartitionState WithInSync(
        this PartitionState partition, int[] inSync, Func<int, long> epochOf, PartitionRules rules, Func<int, bool> mayBeEligible)
    {
        var eligible = inSync.Length >= rules.MinInSyncOf(partition.Replicas.Length)
            ? []
            : partition.Eligible.Union(partition.InSync)
                .Where(id => !inSync.Contains(id) && partition.Replicas.Contains(id) && mayBeEligible(id))
                .ToArray();
        return partition with
        {
            InSync = inSync,
            InSyncEpochs = Array.ConvertAll(inSync, id => epochOf(id)),
            Eligible = eligible,
            EligibleEpochs = Array.ConvertAll(eligible, partition.KnownEpochOf),
        };
    }

    /// <summary>The partition without eligible replicas that are known to have restarted after a crash, or that are not needed.</summary>
    public static PartitionState WithoutUnsoundEligible(this PartitionState partition, LivingBrokers living, PartitionRules rules)
    {
        var eligible = partition.InSync.Length >= rules.MinInSyncOf(partition.Replicas.Length)
            ? []
            : Array.FindAll(partition.Eligible, id => !living.HasLost(id, partition.EligibleEpochOf(id)));
        return partition with { Eligible = eligible, EligibleEpochs = Array.ConvertAll(eligible, partition.EligibleEpochOf) };
    }
}
