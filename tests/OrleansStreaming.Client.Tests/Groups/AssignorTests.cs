using OrleansStreaming.Client.Groups;
using OrleansStreaming.Records.Ids;

namespace OrleansStreaming.Client.Tests.Groups;

public sealed class AssignorTests
{
    private static readonly string[] _names = ["range", "roundrobin", "sticky", "cooperative-sticky"];

    [Fact]
    public void RangeGivesNeighboursToOneMember()
    {
        var result = Assignors.Assign("range", Members(("a", ["t"]), ("b", ["t"])), new Dictionary<string, int> { ["t"] = 5 });

        Assert.Equal([0, 1, 2], result["a"].Select(partition => partition.Partition));
        Assert.Equal([3, 4], result["b"].Select(partition => partition.Partition));
    }

    [Fact]
    public void RoundRobinTakesTurnsOverTopics()
    {
        var result = Assignors.Assign("roundrobin", Members(("a", ["t", "u"]), ("b", ["t", "u"])), new Dictionary<string, int> { ["t"] = 3, ["u"] = 3 });

        Assert.Equal(["t-0", "t-2", "u-1"], result["a"].Select(partition => partition.ToString()));
        Assert.Equal(["t-1", "u-0", "u-2"], result["b"].Select(partition => partition.ToString()));
    }

    [Fact]
    public void StickyMovesNoMoreThanBalanceAsks()
    {
        Dictionary<string, MemberSubscription> members = new()
        {
            ["a"] = new(["t"], Partitions(0, 1, 2), 1),
            ["b"] = new(["t"], Partitions(3, 4, 5), 1),
            ["c"] = new(["t"], [], -1),
        };
        var result = Assignors.Assign("sticky", members, new Dictionary<string, int> { ["t"] = 6 });

        Assert.All(result.Values, partitions => Assert.Equal(2, partitions.Count));
        Assert.Subset(members["a"].Owned.ToHashSet(), result["a"].ToHashSet());
        Assert.Subset(members["b"].Owned.ToHashSet(), result["b"].ToHashSet());
    }

    [Fact]
    public void CooperativeHandsOverInTwoGenerations()
    {
        Dictionary<string, MemberSubscription> members = new() { ["a"] = new(["t"], Partitions(0, 1), 1), ["b"] = new(["t"], [], -1) };
        var counts = new Dictionary<string, int> { ["t"] = 2 };
        var first = Assignors.Assign("cooperative-sticky", members, counts);
        Assert.Single(first["a"]);
        Assert.Empty(first["b"]);

        members["a"] = members["a"] with { Owned = first["a"], Generation = 2 };
        members["b"] = members["b"] with { Generation = 2 };
        var second = Assignors.Assign("cooperative-sticky", members, counts);
        Assert.Equal(first["a"], second["a"]);
        Assert.Single(second["b"]);
    }

    [Fact]
    public void AnOldClaimLosesAgainstANewerOne()
    {
        var owners = StickyAssignor.Owners(new Dictionary<string, MemberSubscription>
        {
            ["zombie"] = new(["t"], Partitions(0), 3),
            ["owner"] = new(["t"], Partitions(0), 4),
        });

        Assert.Equal("owner", owners[new TopicPartition("t", 0)]);
    }

    /// <summary>Whatever the members subscribe to and claim: every partition somebody wants goes to one who wants it, and to one only.</summary>
    [Fact]
    public void EveryPartitionHasOneReader()
    {
        const int seed = 20260101;
        var random = new Random(seed);
        for (var round = 0; round < 300; round++)
        {
            var counts = Enumerable.Range(0, random.Next(1, 5)).ToDictionary(topic => $"t{topic}", _ => random.Next(0, 8));
            var members = Enumerable.Range(0, random.Next(1, 6)).ToDictionary(member => $"m{member}", _ => new MemberSubscription(
                [.. counts.Keys.Where(_ => random.Next(3) > 0)],
                [.. counts.SelectMany(topic => Enumerable.Range(0, topic.Value).Select(partition => new TopicPartition(topic.Key, partition))).Where(_ => random.Next(4) == 0)],
                random.Next(3)));
            foreach (var name in _names)
            {
                var result = Assignors.Assign(name, members, counts);
                var given = result.Values.SelectMany(partitions => partitions).ToArray();
                Assert.True(given.Length == given.Distinct().Count(), $"seed {seed}, round {round}, {name}: a partition was given twice");
                Assert.All(result, entry => Assert.All(entry.Value, partition => Assert.Contains(partition.Topic, members[entry.Key].Topics)));
                var wanted = counts.Where(topic => members.Values.Any(member => member.Topics.Contains(topic.Key))).Sum(topic => topic.Value);
                Assert.True(name == "cooperative-sticky" ? given.Length <= wanted : given.Length == wanted, $"seed {seed}, round {round}, {name}: {given.Length} of {wanted}");
            }
        }
    }

    private static Dictionary<string, MemberSubscription> Members(params (string Name, string[] Topics)[] members) =>
        members.ToDictionary(member => member.Name, member => new MemberSubscription(member.Topics, [], -1));

    private static TopicPartition[] Partitions(params int[] indexes) => [.. indexes.Select(index => new TopicPartition("t", index))];
}
