using OrleansStreaming.Cluster.Brokers;
using OrleansStreaming.Contracts.Cluster;

namespace OrleansStreaming.Cluster.Topics;

/// <summary>
/// Who leads a partition, and who is in sync of those that are up. Pure; every change raises the partition epoch, every other
/// leader, and every new life of the same one, the leader epoch.
/// </summary>
/// <remarks>
/// A replica is sound when the epoch noted with it is not older than its broker's last unclean stop: it holds everything
/// committed. The order of choice: the sound in-sync replicas; the sound eligible ones (KIP-966); when nobody else is left, of
/// those that are up the one that holds most; and where the topic allows it, the same without waiting for anybody.
/// </remarks>
public static class PartitionElection
{
    /// <summary>A new partition: in sync is whoever is up, the first of them leads.</summary>
    public static PartitionState Create(int[] replicas, LivingBrokers living)
    {
        var inSync = Array.FindAll(replicas, living.Contains);
        var isLed = inSync.Length > 0;
        inSync = isLed ? inSync : replicas;
        return new PartitionState
        {
            Replicas = replicas,
            InSync = inSync,
            InSyncEpochs = Array.ConvertAll(inSync, living.EpochOf),
            Leader = isLed ? inSync.FirstOrDefault(living.Stays, inSync[0]) : PartitionState.NoLeader,
        };
    }

    /// <summary>The partition after an election; the same instance when nothing changes.</summary>
    /// <param name="resigned">The leader when it cannot go on, else <see cref="PartitionState.NoLeader"/>.</param>
    /// <param name="hasResignedLost">Whether the one that resigned may lack what it acknowledged.</param>
    /// <param name="ends">How far the replicas hold the records; null when they were not asked, see <see cref="MustAsk"/>.</param>
    public static PartitionState Elect(
        PartitionState partition,
        LivingBrokers living,
        PartitionRules rules,
        ElectionKind kind = ElectionKind.Living,
        int resigned = PartitionState.NoLeader,
        bool hasResignedLost = true,
        PartitionEnds? ends = null)
    {
        var (leader, ground) = Choose(partition, living, rules, kind, resigned, ends);
        if (leader == PartitionState.NoLeader)
        {
            return WithoutLeader(partition, living, rules).After(partition);
        }

        var isKept = leader == partition.Leader && living.IsSameProcess(leader, partition.InSyncEpochOf(leader));
        var inSync = ground == Ground.InSync
            ? Array.FindAll(partition.InSync, id => id == leader || IsCandidate(partition, living, id, resigned))
            : [leader];
        var next = partition.WithInSync(
            inSync,
            id => id == leader ? living.EpochOf(id) : partition.InSyncEpochOf(id),
            rules,
            id => ground != Ground.Unclean && (id != resigned || !hasResignedLost) && !living.HasLost(id, partition.KnownEpochOf(id)));
        return (next with
        {
            Leader = leader,
            LastLeader = PartitionState.NoLeader,
            LeaderEpoch = isKept ? partition.LeaderEpoch : partition.LeaderEpoch + 1,
        }).After(partition);
    }

    /// <summary>Whether the replicas that are up are to be asked how far they hold the records, before anybody can be elected.</summary>
    public static bool MustAsk(
        PartitionState partition, LivingBrokers living, PartitionRules rules, ElectionKind kind, int resigned, PartitionEnds? ends = null) =>
        Choose(partition, living, rules, kind, resigned, ends).Ground == Ground.Unasked;

    private static (int Leader, Ground Ground) Choose(
        PartitionState partition, LivingBrokers living, PartitionRules rules, ElectionKind kind, int resigned, PartitionEnds? ends)
    {
        var present = partition.Leader;
        var candidates = Array.FindAll(
            partition.Replicas, id => partition.InSync.Contains(id) && IsCandidate(partition, living, id, resigned));
        if (kind == ElectionKind.Preferred && candidates.Contains(partition.Replicas[0]))
        {
            return (partition.Replicas[0], Ground.InSync);
        }

        var isPresentUp = present != PartitionState.NoLeader
            && partition.Replicas.Contains(present)
            && living.IsSameProcess(present, partition.InSyncEpochOf(present));
        if (candidates.Length > 0)
        {
            return (isPresentUp && candidates.Contains(present) ? present : candidates[0], Ground.InSync);
        }

        if (isPresentUp && present != resigned)
        {
            return (present, Ground.InSync);
        }

        if (First(partition.Replicas, id => partition.Eligible.Contains(id) && living.Stays(id) && living.IsSound(id, partition.EligibleEpochOf(id))) is { } eligible)
        {
            return (eligible, Ground.Eligible);
        }

        if (isPresentUp)
        {
            return (present, Ground.InSync);
        }

        // One that is about to stop still holds what the unsound may have lost.
        if (First(partition.Replicas, id => id != resigned && partition.InSync.Contains(id) && living.IsSound(id, partition.InSyncEpochOf(id))) is { } leaving)
        {
            return (leaving, Ground.InSync);
        }

        if (First(partition.Replicas, id => partition.Eligible.Contains(id) && living.IsSound(id, partition.EligibleEpochOf(id))) is { } leavingEligible)
        {
            return (leavingEligible, Ground.Eligible);
        }

        var (last, mustAsk) = LossyElection.LastStanding(partition, living, ends);
        if (last is null && (rules.IsUncleanAllowed || kind == ElectionKind.Unclean))
        {
            (last, mustAsk) = LossyElection.Unclean(partition, living, ends);
            return (last ?? PartitionState.NoLeader, mustAsk ? Ground.Unasked : Ground.Unclean);
        }

        return (last ?? PartitionState.NoLeader, mustAsk ? Ground.Unasked : Ground.LastStanding);
    }

    private static PartitionState WithoutLeader(PartitionState partition, LivingBrokers living, PartitionRules rules)
    {
        var next = partition.WithoutUnsoundEligible(living, rules);
        return partition.Leader == PartitionState.NoLeader
            ? next
            : next with { Leader = PartitionState.NoLeader, LastLeader = partition.Leader, LeaderEpoch = partition.LeaderEpoch + 1 };
    }

    private static bool IsCandidate(PartitionState partition, LivingBrokers living, int id, int resigned) =>
        id != resigned && living.Stays(id) && living.IsSound(id, partition.InSyncEpochOf(id));

    private static int? First(int[] ids, Func<int, bool> condition)
    {
        var index = Array.FindIndex(ids, id => condition(id));
        return index < 0 ? null : ids[index];
    }

    /// <summary>Why the elected one may lead.</summary>
    private enum Ground : byte
    {
        InSync,
        Eligible,
        LastStanding,
        Unclean,

        /// <summary>Nobody may yet.</summary>
        Unasked,
    }
}
