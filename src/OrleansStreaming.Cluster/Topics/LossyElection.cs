using OrleansStreaming.Cluster.Brokers;

namespace OrleansStreaming.Cluster.Topics;

/// <summary>
/// Elections that may lose records, because nobody is left who surely holds all that were committed: the replica that holds most is
/// chosen (KIP-966, unclean recovery). Who that is the replicas are asked first, unless there is no choice. Pure.
/// </summary>
internal static class LossyElection
{
    /// <summary>
    /// Everybody who held everything committed is up again and has crashed before. While one of them is down it is awaited, because it
    /// may turn out to have lost nothing. The answers of all that are up are awaited: one may have lost least, and one that was not in
    /// sync any more may by now be the one that holds most.
    /// </summary>
    /// <param name="ends">Null: nobody was asked.</param>
    /// <returns>Null: nobody for now; and whether to ask before.</returns>
    public static (int? Leader, bool MustAsk) LastStanding(PartitionState partition, LivingBrokers living, PartitionEnds? ends)
    {
        var up = Array.FindAll(partition.Replicas, living.Contains);
        if (!partition.InSync.All(living.Contains) || !partition.Eligible.All(living.Contains) || !up.Any(living.Stays))
        {
            return (null, false);
        }

        if (up.Length > 1 && (ends is null || (!ends.IsFinal && !up.All(ends.HasAnswered))))
        {
            return (null, true);
        }

        // One that holds most and is about to stop is awaited like one that is down.
        var last = partition.Leader == PartitionState.NoLeader ? partition.LastLeader : partition.Leader;
        var best = up.Length == 1 ? up[0] : ends!.Best(up, last) ?? Fallback(partition, living, last);
        return (living.Stays(best) ? best : null, false);
    }

    /// <summary>Whoever is up, where the topic allows it; nobody is waited for.</summary>
    /// <param name="ends">Null: nobody was asked.</param>
    public static (int? Leader, bool MustAsk) Unclean(PartitionState partition, LivingBrokers living, PartitionEnds? ends)
    {
        var up = Array.FindAll(partition.Replicas, living.Stays);
        return up.Length switch
        {
            0 => (null, false),
            1 => (up[0], false),
            _ => ends is null ? (null, true) : (ends.Best(up, up[0]) ?? up[0], false),
        };
    }

    /// <summary>Nobody answers: the last leader's log was the longest.</summary>
    private static int Fallback(PartitionState partition, LivingBrokers living, int last) =>
        partition.Replicas.Contains(last) && living.Stays(last) ? last : partition.Replicas.First(living.Stays);
}
