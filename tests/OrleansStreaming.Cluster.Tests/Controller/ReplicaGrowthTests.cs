using OrleansStreaming.Cluster.Brokers;
using OrleansStreaming.Cluster.Controller;
using OrleansStreaming.Contracts.Cluster;
using OrleansStreaming.Records.Ids;
using static OrleansStreaming.Cluster.Tests.Support.Clusters;

namespace OrleansStreaming.Cluster.Tests.Controller;

public sealed class ReplicaGrowthTests
{
    private static readonly TopicId _id = new(Guid.Parse("00000000-0000-0000-0000-0000000000aa"));

    [Fact]
    public void Each_partition_keeps_its_replicas_and_gets_the_missing_ones()
    {
        var moves = Decide(Topic("t", _id, 1, [1], [2, 1], [3, 1, 2]), 3, Brokers(1, 2, 3));
        Assert.Equal([0, 1], moves.Select(move => move.Partition));
        Assert.All(moves, move => Assert.Equal([1, 2, 3], Ids(move).Order()));
    }

    [Fact]
    public void Growth_ends_at_the_number_of_living_brokers_and_begins_again_with_more()
    {
        var alone = Topic("t", _id, 1, [1], [1]);
        Assert.Empty(Decide(alone, 3, Brokers(1)));
        Assert.Empty(Decide(alone, 3, [new(1, null, true), new(2, null, false)]));
        Assert.All(Decide(alone, 3, Brokers(1, 2)), move => Assert.Equal(2, Ids(move).Length));
    }

    [Fact]
    public void Preferred_leaders_and_replicas_spread_over_everybody()
    {
        var moves = Decide(Topic("t", _id, 1, [.. Enumerable.Repeat<int[]>([1], 50)]), 3, Brokers(1, 2, 3, 4, 5));
        Assert.Equal(50, moves.Length);
        Assert.All(moves, move => Assert.Equal(3, Ids(move).Distinct().Count()));
        Assert.Equal([10, 10, 10, 10, 10], Counts(moves.Select(move => Ids(move)[0])));
        Assert.All(Counts(moves.SelectMany(Ids)).Skip(1), count => Assert.Equal(25, count));
    }

    [Fact]
    public void Other_racks_come_first()
    {
        PlacementBroker[] brokers = [new(1, "a", true), new(2, "a", true), new(3, "b", true), new(4, "b", true)];
        foreach (var move in Decide(Topic("t", _id, 1, [.. Enumerable.Repeat<int[]>([1], 10)]), 2, brokers))
        {
            Assert.Single(Ids(move), id => id > 2);
        }
    }

    [Fact]
    public void What_moves_already_or_has_no_leader_waits()
    {
        var moving = Changed(adding: [2]);
        Assert.Empty(Decide(moving, 3, Brokers(1, 2, 3)));
        Assert.True(ReplicaGrowth.IsHeldUp(moving, 3));
        var leaderless = Changed(leader: -1);
        Assert.Empty(Decide(leaderless, 3, Brokers(1, 2, 3)));
        Assert.True(ReplicaGrowth.IsHeldUp(leaderless, 3));
        Assert.False(ReplicaGrowth.IsHeldUp(Changed(), 3));
    }

    private static PartitionReassignment[] Decide(TopicDescription topic, int factor, PlacementBroker[] brokers) =>
        ReplicaGrowth.Decide(topic, brokers, factor);

    private static PlacementBroker[] Brokers(params int[] ids) => Array.ConvertAll(ids, id => new PlacementBroker(id, null, true));

    private static int[] Ids(PartitionReassignment move) => Array.ConvertAll(move.Replicas!, broker => broker.Value);

    private static int[] Counts(IEnumerable<int> ids) => [.. ids.GroupBy(id => id).OrderBy(group => group.Key).Select(group => group.Count())];

    private static TopicDescription Changed(int leader = 1, params int[] adding) => new()
    {
        Name = "t",
        Id = _id,
        Configs = new Dictionary<string, string>(),
        Partitions = new PartitionDescription[]
        {
            new()
            {
                Partition = 0,
                Leader = new BrokerId(leader),
                LeaderEpoch = new LeaderEpoch(0),
                PartitionEpoch = new PartitionEpoch(0),
                Replicas = new BrokerId[] { new(1), new(2) },
                InSyncReplicas = new BrokerId[] { new(1) },
                AddingReplicas = Array.ConvertAll(adding, id => new BrokerId(id)),
            },
        },
    };
}
