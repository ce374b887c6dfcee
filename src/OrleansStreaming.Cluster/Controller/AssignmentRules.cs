using OrleansStreaming.Cluster.Brokers;

namespace OrleansStreaming.Cluster.Controller;

/// <summary>What an assignment of replicas to brokers must satisfy.</summary>
internal static class AssignmentRules
{
    public static PlacementBroker[] Candidates(ControllerState state, LivingBrokers living) =>
        [.. state.Brokers.Values.Select(broker => new PlacementBroker(broker.Id, broker.Rack, living.Stays(broker.Id)))];

    /// <summary>Null when a partition's replicas may be so, else why not.</summary>
    /// <param name="replicationFactor">The length that the other partitions have; null for the first.</param>
    public static string? Check(ControllerState state, int[] replicas, int? replicationFactor, LivingBrokers living)
    {
        if (replicas.Length == 0)
        {
            return "A partition was assigned no replica.";
        }

        if (replicas.Distinct().Count() != replicas.Length)
        {
            return $"The assignment [{string.Join(',', replicas)}] names a broker more than once.";
        }

        if (replicas.Where(id => !state.Brokers.ContainsKey(id)).Select(id => (int?)id).FirstOrDefault() is { } stranger)
        {
            return $"The assignment names broker {stranger}, which is not registered.";
        }

        if (replicationFactor is { } others && replicas.Length != others)
        {
            return $"The assignment [{string.Join(',', replicas)}] has {replicas.Length} replicas where the other partitions have {others}.";
        }

        return replicas.Any(living.Contains) ? null : $"No broker of the assignment [{string.Join(',', replicas)}] is alive.";
    }
}
