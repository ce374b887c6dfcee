using OrleansStreaming.Records.Ids;

namespace OrleansStreaming.Client.Groups;

/// <summary>
/// How the leader of a classic group spreads partitions: pure, and the same result for the same members whoever leads. Names and
/// rules are those of Kafka's consumers.
/// </summary>
internal static class Assignors
{
    public static string NameOf(GroupAssignor assignor) => assignor switch
    {
        GroupAssignor.Range => "range",
        GroupAssignor.RoundRobin => "roundrobin",
        GroupAssignor.Sticky => "sticky",
        _ => "cooperative-sticky",
    };

    /// <param name="name">The protocol the group chose.</param>
    /// <param name="members">By member id.</param>
    /// <param name="partitionCounts">By topic; topics that do not exist are absent.</param>
    public static Dictionary<string, List<TopicPartition>> Assign(
        string name, IReadOnlyDictionary<string, MemberSubscription> members, IReadOnlyDictionary<string, int> partitionCounts) => name switch
        {
            "range" => Range(members, partitionCounts),
            "roundrobin" => RoundRobin(members, partitionCounts),
            "sticky" => StickyAssignor.Assign(members, partitionCounts),
            _ => WithholdMoving(members, StickyAssignor.Assign(members, partitionCounts)),
        };

    private static Dictionary<string, List<TopicPartition>> Range(
        IReadOnlyDictionary<string, MemberSubscription> members, IReadOnlyDictionary<string, int> partitionCounts)
    {
        var result = members.Keys.ToDictionary(member => member, _ => new List<TopicPartition>());
        foreach (var (topic, count) in partitionCounts.OrderBy(entry => entry.Key, StringComparer.Ordinal))
        {
            var readers = members.Where(member => member.Value.Topics.Contains(topic)).Select(member => member.Key).Order(StringComparer.Ordinal).ToArray();
            var next = 0;
            for (var i = 0; i < readers.Length; i++)
            {
                var share = (count / readers.Length) + (i < count % readers.Length ? 1 : 0);
                for (var end = next + share; next < end; next++)
                {
                    result[readers[i]].Add(new TopicPartition(topic, next));
                }
            }
        }

        return result;
    }

    private static Dictionary<string, List<TopicPartition>> RoundRobin(
        IReadOnlyDictionary<string, MemberSubscription> members, IReadOnlyDictionary<string, int> partitionCounts)
    {
        var result = members.Keys.ToDictionary(member => member, _ => new List<TopicPartition>());
        var order = members.Keys.Order(StringComparer.Ordinal).ToArray();
        var turn = 0;
        foreach (var (topic, count) in partitionCounts.OrderBy(entry => entry.Key, StringComparer.Ordinal))
        {
            if (!members.Values.Any(member => member.Topics.Contains(topic)))
            {
                continue;
            }

            for (var partition = 0; partition < count; partition++)
            {
                while (!members[order[turn % order.Length]].Topics.Contains(topic))
                {
                    turn++;
                }

                result[order[turn++ % order.Length]].Add(new TopicPartition(topic, partition));
            }
        }

        return result;
    }

    /// <summary>
    /// A partition that goes from one member to another goes to nobody in this generation: its owner gives it up first and joins
    /// again, and the next generation hands it over (KIP-429).
    /// </summary>
    private static Dictionary<string, List<TopicPartition>> WithholdMoving(
        IReadOnlyDictionary<string, MemberSubscription> members, Dictionary<string, List<TopicPartition>> assignment)
    {
        var owners = StickyAssignor.Owners(members);
        foreach (var (member, partitions) in assignment)
        {
            partitions.RemoveAll(partition => owners.TryGetValue(partition, out var owner) && owner != member);
        }

        return assignment;
    }
}
