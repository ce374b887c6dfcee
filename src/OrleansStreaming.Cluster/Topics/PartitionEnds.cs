using OrleansStreaming.Contracts.Brokers;

namespace OrleansStreaming.Cluster.Topics;

/// <summary>How far the replicas of one partition hold its records, by their own words and as far as they answered.</summary>
/// <param name="ends">By broker id; of a broker that answered and has nothing, an end without records.</param>
/// <param name="isFinal">Who has not answered by now is not waited for any longer.</param>
public sealed class PartitionEnds(IReadOnlyDictionary<int, ReplicaEnd> ends, bool isFinal)
{
    public bool IsFinal => isFinal;

    public bool HasAnswered(int broker) => ends.ContainsKey(broker);

    /// <summary>
    /// The one of them that holds most: the newest epoch first, then the longest log. What was committed in an epoch is in every log that
    /// has a record of a later one, and of two logs that end in one epoch the longer one begins with the shorter one. Null when none answered.
    /// </summary>
    /// <param name="preferred">Taken before others that hold as much.</param>
    public int? Best(IEnumerable<int> brokers, int preferred)
    {
        var answered = brokers.Where(HasAnswered).ToArray();
        return answered.Length == 0
            ? null
            : answered
                .OrderByDescending(id => ends[id].LastEpoch.Value)
                .ThenByDescending(id => ends[id].End.Value)
                .ThenByDescending(id => id == preferred)
                .First();
    }
}
