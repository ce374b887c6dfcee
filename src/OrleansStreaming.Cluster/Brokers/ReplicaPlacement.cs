namespace OrleansStreaming.Cluster.Brokers;

/// <summary>A broker that replicas may be placed on.</summary>
public readonly record struct PlacementBroker(int Id, string? Rack, bool IsAlive);

/// <summary>
/// Where new replicas go: leaders spread round-robin over the living brokers, each partition over as many racks as there are,
/// and followers in another order on each lap, so that a lost broker's leaderships spread too. Pure; chance only picks the start.
/// </summary>
public static class ReplicaPlacement
{
    /// <summary>
    /// Replica lists for <paramref name="count"/> partitions from <paramref name="firstPartition"/> on, the leader first and
    /// alive; or why it cannot be done.
    /// </summary>
    public static (int[][]? Assignments, string? Failure) Place(
        IReadOnlyCollection<PlacementBroker> brokers, int firstPartition, int count, int replicationFactor, Random random)
    {
        if (replicationFactor > brokers.Count)
        {
            return (null, $"Replication factor {replicationFactor} is larger than the number of registered brokers, {brokers.Count}.");
        }

        var living = Interleave(brokers.Where(broker => broker.IsAlive));
        if (living.Length == 0)
        {
            return (null, "No broker is alive.");
        }

        // Brokers that are down take replicas only when the living ones do not suffice.
        var down = Interleave(brokers.Where(broker => !broker.IsAlive));
        var start = random.Next(living.Length);
        var assignments = new int[count][];
        for (var i = 0; i < count; i++)
        {
            assignments[i] = PlaceOne(living, down, start + firstPartition + i, replicationFactor);
        }

        return (assignments, null);
    }

    private static int[] PlaceOne(PlacementBroker[] living, PlacementBroker[] down, int turn, int replicationFactor)
    {
        var leader = living[turn % living.Length];
        var chosen = new List<PlacementBroker>(replicationFactor) { leader };

        // Each lap over the brokers shifts where the followers of the same leader begin.
        var shift = living.Length > 1 ? turn / living.Length % (living.Length - 1) : 0;
        var candidates = Enumerable.Range(0, living.Length - 1)
            .Select(step => living[(turn + 1 + ((step + shift) % (living.Length - 1))) % living.Length])
            .Concat(down)
            .ToList();
        while (chosen.Count < replicationFactor)
        {
            var next = candidates
                .OrderBy(broker => !broker.IsAlive && candidates.Any(other => other.IsAlive))
                .ThenBy(broker => chosen.Count(other => SameRack(other, broker)))
                .First();
            candidates.Remove(next);
            chosen.Add(next);
        }

        return [.. chosen.Select(broker => broker.Id)];
    }

    private static bool SameRack(PlacementBroker left, PlacementBroker right) => left.Rack is not null && left.Rack == right.Rack;

    /// <summary>Racks in turn, so that neighbours in the list stand in different ones.</summary>
    private static PlacementBroker[] Interleave(IEnumerable<PlacementBroker> brokers) =>
    [
        .. brokers
            .GroupBy(broker => broker.Rack ?? "", StringComparer.Ordinal)
            .OrderBy(rack => rack.Key, StringComparer.Ordinal)
            .SelectMany(rack => rack.OrderBy(broker => broker.Id).Select((broker, position) => (broker, position, rack.Key)))
            .OrderBy(entry => entry.position)
            .ThenBy(entry => entry.Key, StringComparer.Ordinal)
            .Select(entry => entry.broker),
    ];
}
