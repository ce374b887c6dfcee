namespace OrleansStreaming.Cluster.Topics;

/// <summary>Who leads a partition. Pure; every change raises both epochs.</summary>
public static class PartitionElection
{
    /// <summary>A new partition: in sync is whoever is alive, the first of them leads.</summary>
    public static PartitionState Create(int[] replicas, IReadOnlySet<int> alive)
    {
        var inSync = replicas.Where(alive.Contains).ToArray();
        return new PartitionState
        {
            Replicas = replicas,
            InSync = inSync.Length > 0 ? inSync : replicas,
            Leader = inSync.Length > 0 ? inSync[0] : PartitionState.NoLeader,
        };
    }

    /// <summary>
    /// The partition after an election; the same instance when its leader stays.
    /// </summary>
    /// <param name="started">A broker that has just come up, or -1: it cannot go on with the epoch of its former life.</param>
    /// <param name="alive">The brokers that can lead now, <paramref name="started"/> among them.</param>
    /// <param name="allowUnclean">Whether, when no in-sync replica lives, another may lead and records may be lost.</param>
    public static PartitionState Elect(PartitionState partition, int started, IReadOnlySet<int> alive, bool allowUnclean)
    {
        if (alive.Contains(partition.Leader) && partition.Leader != started)
        {
            return partition;
        }

        // A replica that kept running holds everything committed; one that restarted may have lost its unsynced tail.
        var eligible = partition.Replicas.Where(id => partition.InSync.Contains(id) && alive.Contains(id)).ToArray();
        var clean = eligible.Where(id => id != started).Concat(eligible).Cast<int?>().FirstOrDefault();
        if (clean is { } leader)
        {
            return Next(partition, leader, partition.InSync);
        }

        var unclean = allowUnclean ? partition.Replicas.Where(alive.Contains).Cast<int?>().FirstOrDefault() : null;
        if (unclean is { } survivor)
        {
            return Next(partition, survivor, [survivor]);
        }

        return partition.Leader == PartitionState.NoLeader ? partition : Next(partition, PartitionState.NoLeader, partition.InSync);
    }

    private static PartitionState Next(PartitionState partition, int leader, int[] inSync) => partition with
    {
        Leader = leader,
        InSync = inSync,
        LeaderEpoch = partition.LeaderEpoch + 1,
        PartitionEpoch = partition.PartitionEpoch + 1,
    };
}
