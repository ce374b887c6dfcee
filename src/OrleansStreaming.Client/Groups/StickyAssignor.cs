using OrleansStreaming.Records.Ids;

namespace OrleansStreaming.Client.Groups;

/// <summary>
/// Balanced first, then with as few moves as can be: members keep what they have up to the balance, the rest goes to who has
/// least, and single partitions move while that evens out members that differ by two or more.
/// </summary>
internal static class StickyAssignor
{
    public static Dictionary<string, List<TopicPartition>> Assign(
        IReadOnlyDictionary<string, MemberSubscription> members, IReadOnlyDictionary<string, int> partitionCounts)
    {
        var order = members.Keys.Order(StringComparer.Ordinal).ToArray();
        var result = order.ToDictionary(member => member, _ => new List<TopicPartition>());
        if (order.Length == 0)
        {
            return result;
        }

        var subscriptions = members.ToDictionary(member => member.Key, member => member.Value.Topics.ToHashSet(StringComparer.Ordinal));
        var owners = Owners(members);
        var free = new List<TopicPartition>();
        foreach (var (topic, count) in partitionCounts.OrderBy(entry => entry.Key, StringComparer.Ordinal))
        {
            if (!subscriptions.Values.Any(topics => topics.Contains(topic)))
            {
                continue;
            }

            for (var index = 0; index < count; index++)
            {
                var partition = new TopicPartition(topic, index);
                if (owners.TryGetValue(partition, out var owner) && subscriptions[owner].Contains(topic))
                {
                    result[owner].Add(partition);
                }
                else
                {
                    free.Add(partition);
                }
            }
        }

        foreach (var partition in free)
        {
            result[Least(partition)].Add(partition);
        }

        // Each move lowers the sum of squares of the members' counts, so this ends.
        while (FindMove() is var (from, index, to))
        {
            var partition = result[from][index];
            result[from].RemoveAt(index);
            result[to].Add(partition);
        }

        return result;

        string Least(TopicPartition partition) =>
            order.Where(member => subscriptions[member].Contains(partition.Topic)).MinBy(member => result[member].Count)!;

        (string From, int Index, string To)? FindMove()
        {
            foreach (var from in order.OrderByDescending(member => result[member].Count))
            {
                for (var index = result[from].Count - 1; index >= 0; index--)
                {
                    var to = Least(result[from][index]);
                    if (result[to].Count + 1 < result[from].Count)
                    {
                        return (from, index, to);
                    }
                }
            }

            return null;
        }
    }

    /// <summary>Who has which partition. Of two claims the one of the later generation counts; of two equal ones, neither.</summary>
    public static Dictionary<TopicPartition, string> Owners(IReadOnlyDictionary<string, MemberSubscription> members)
    {
        var claims = new Dictionary<TopicPartition, (string? Member, int Generation)>();
        foreach (var (member, subscription) in members)
        {
            foreach (var partition in subscription.Owned)
            {
                if (!claims.TryGetValue(partition, out var claim) || subscription.Generation > claim.Generation)
                {
                    claims[partition] = (member, subscription.Generation);
                }
                else if (subscription.Generation == claim.Generation)
                {
                    claims[partition] = (null, claim.Generation);
                }
            }
        }

        return claims.Where(claim => claim.Value.Member is not null).ToDictionary(claim => claim.Key, claim => claim.Value.Member!);
    }
}
