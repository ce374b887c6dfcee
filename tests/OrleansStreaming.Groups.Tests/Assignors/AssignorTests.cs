using OrleansStreaming.Allocations;
using OrleansStreaming.Contracts.Groups;
using OrleansStreaming.Groups.Assignors;
using OrleansStreaming.Records.Ids;

namespace OrleansStreaming.Groups.Tests.Assignors;

/// <summary>Properties of all assignors over random subscriptions; a failure names its seed.</summary>
public sealed class AssignorTests
{
    public static TheoryData<string> Names =>
        new(AssignorNames.Uniform, AssignorNames.Range, AssignorNames.RoundRobin, AssignorNames.Sticky, AssignorNames.CooperativeSticky);

    [Theory]
    [MemberData(nameof(Names))]
    public void Every_partition_with_a_subscriber_has_exactly_one_owner_who_subscribes(string name) => ForSeeds(random =>
    {
        var task = RandomTask(random, homogeneous: random.Next(2) == 0);
        var assignment = AssignorCatalog.Find(name).Assign(task);
        for (var topic = 0; topic < task.Topics.Length; topic++)
        {
            var id = task.Topics[topic].Id;
            var owned = assignment.SelectMany(set => set.Of(id)).Order();
            var hasSubscriber = task.Members.Any(member => member.Topics.Contains(topic));
            Assert.Equal(Enumerable.Range(0, hasSubscriber ? task.Topics[topic].PartitionCount : 0), owned);
            Assert.All(task.Members.Where(member => !member.Topics.Contains(topic)), member => Assert.Empty(assignment[Array.IndexOf(task.Members, member)].Of(id)));
        }
    });

    [Theory]
    [MemberData(nameof(Names))]
    public void The_same_task_has_the_same_answer(string name) => ForSeeds(random =>
    {
        var task = RandomTask(random, homogeneous: random.Next(2) == 0);
        Assert.Equal(AssignorCatalog.Find(name).Assign(task), AssignorCatalog.Find(name).Assign(task));
    });

    [Theory]
    [InlineData(AssignorNames.Uniform)]
    [InlineData(AssignorNames.RoundRobin)]
    public void With_equal_subscriptions_loads_differ_by_one_at_most(string name) => ForSeeds(random =>
    {
        var task = RandomTask(random, homogeneous: true);
        var loads = AssignorCatalog.Find(name).Assign(task).Select(set => set.Count).ToList();
        Assert.InRange(loads.Max() - loads.Min(), 0, 1);
    });

    [Fact]
    public void Uniform_leaves_no_partition_that_could_move_to_a_subscriber_with_two_less() => ForSeeds(random =>
    {
        var task = RandomTask(random, homogeneous: false);
        var assignment = new UniformAssignor().Assign(task);
        for (var topic = 0; topic < task.Topics.Length; topic++)
        {
            var subscribers = Enumerable.Range(0, task.Members.Length).Where(member => task.Members[member].Topics.Contains(topic)).ToList();
            foreach (var owner in subscribers.Where(member => assignment[member].Of(task.Topics[topic].Id).Length > 0))
            {
                Assert.InRange(assignment[owner].Count - subscribers.Min(member => assignment[member].Count), 0, 1);
            }
        }
    });

    [Fact]
    public void Uniform_moves_no_more_than_evenness_takes() => ForSeeds(random =>
    {
        var task = RandomTask(random, homogeneous: true);
        var before = new UniformAssignor().Assign(task);
        var changed = ChangeMembers(random, task, before);
        var after = new UniformAssignor().Assign(changed);

        // Whoever stayed gives up what is above its share, and nothing else moves between those that stayed.
        var total = changed.Members[0].Topics.Sum(topic => changed.Topics[topic].PartitionCount);
        var (share, larger) = Math.DivRem(total, changed.Members.Length);
        var keptAtMost = changed.Members.Select(member => member.Owned.Count).ToList();
        var minimalMoves = keptAtMost.Sum(count => Math.Max(count - share, 0)) - Math.Min(keptAtMost.Count(count => count > share), larger);
        var moves = changed.Members.Select((member, i) => member.Owned.Except(after[i]).Count).Sum();
        Assert.Equal(minimalMoves, moves);
    });

    [Fact]
    public void Range_gives_neighbours_to_one_member_and_partitions_equal_topics_alike()
    {
        var topics = Topics(5, 5);
        var members = Enumerable.Range(0, 2).Select(i => new AssignedMember($"m{i}", [0, 1], PartitionSet.Empty)).ToArray();

        var assignment = new RangeAssignor().Assign(new AssignmentTask(topics, members));

        Assert.Equal([0, 1, 2], assignment[0].Of(topics[0].Id));
        Assert.Equal([3, 4], assignment[1].Of(topics[0].Id));
        Assert.All(assignment, set => Assert.Equal(set.Of(topics[0].Id), set.Of(topics[1].Id)));
    }

    [Fact]
    public void Surplus_members_have_nothing()
    {
        var members = Enumerable.Range(0, 5).Select(i => new AssignedMember($"m{i}", [0], PartitionSet.Empty)).ToArray();
        foreach (var name in new[] { AssignorNames.Uniform, AssignorNames.Range, AssignorNames.RoundRobin })
        {
            Assert.Equal(3, AssignorCatalog.Find(name).Assign(new AssignmentTask(Topics(3), members)).Count(set => set.Count == 1));
        }
    }

    [Fact]
    public void Large_groups_allocate_in_proportion_to_their_partitions()
    {
        var topics = Topics([.. Enumerable.Repeat(50, 1_000)]);
        var all = Enumerable.Range(0, topics.Length).ToArray();
        var task = new AssignmentTask(topics, [.. Enumerable.Range(0, 1_000).Select(i => new AssignedMember($"m{i:000}", all, PartitionSet.Empty))]);
        const long Budget = 50_000 * 1_000L;
        var assignment = Array.Empty<PartitionSet>();

        var allocated = Allocated.Least(() => assignment = [.. new UniformAssignor().Assign(task)], Budget);

        Assert.Equal(1_000, assignment.Length);
        Assert.All(assignment, set => Assert.Equal(50, set.Count));
        Assert.InRange(allocated, 0, Budget);
    }

    private static void ForSeeds(Action<Random> test)
    {
        for (var seed = 1; seed <= 200; seed++)
        {
            try
            {
                test(new Random(seed));
            }
            catch (Exception failure)
            {
                throw new InvalidOperationException($"Seed {seed}.", failure);
            }
        }
    }

    private static AssignedTopic[] Topics(params int[] counts) =>
        [.. counts.Select((count, i) => new AssignedTopic(new TopicId(new Guid(i + 1, 0, 0, new byte[8])), count))];

    private static AssignmentTask RandomTask(Random random, bool homogeneous)
    {
        var topics = Topics([.. Enumerable.Range(0, 1 + random.Next(6)).Select(_ => 1 + random.Next(12))]);
        var all = Enumerable.Range(0, topics.Length).ToArray();
        var members = Enumerable.Range(0, 1 + random.Next(8)).Select(i =>
        {
            var subscribed = homogeneous ? all : Array.FindAll(all, _ => random.Next(2) == 0);
            return new AssignedMember($"m{i}", subscribed, RandomOwned(random, topics, i));
        });
        return new AssignmentTask(topics, [.. members]);
    }

    /// <summary>Claims that overlap, are out of range or of topics unheard of: assignors must bear them all.</summary>
    private static PartitionSet RandomOwned(Random random, AssignedTopic[] topics, int member) => random.Next(2) == 0
        ? PartitionSet.Empty
        : PartitionSet.Of(
        [
            .. topics.Where(_ => random.Next(2) == 0).Select(topic => KeyValuePair.Create(topic.Id, new[] { random.Next(14), member })),
            KeyValuePair.Create(new TopicId(Guid.Empty), new[] { 1 }),
        ]);

    private static AssignmentTask ChangeMembers(Random random, AssignmentTask task, PartitionSet[] before)
    {
        var staying = task.Members.Select((member, i) => member with { Owned = before[i] }).Where((_, i) => i == 0 || random.Next(3) > 0);
        var coming = Enumerable.Range(0, random.Next(3)).Select(i => new AssignedMember($"n{i}", task.Members[0].Topics, PartitionSet.Empty));
        return task with { Members = [.. staying, .. coming] };
    }
}
