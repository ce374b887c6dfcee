using OrleansStreaming.Cluster.Brokers;

namespace OrleansStreaming.Cluster.Tests.Brokers;

public sealed class ReplicaPlacementTests
{
    [Fact]
    public void Leaders_and_replicas_are_spread_evenly()
    {
        for (var seed = 0; seed < 20; seed++)
        {
            var assignments = Place(Brokers(5), 20, 3, seed);
            Assert.All(assignments.GroupBy(replicas => replicas[0]), group => Assert.Equal(4, group.Count()));
            Assert.All(assignments.SelectMany(replicas => replicas).GroupBy(id => id), group => Assert.Equal(12, group.Count()));
            Assert.All(assignments, replicas => Assert.Equal(3, replicas.Distinct().Count()));
        }
    }

    [Fact]
    public void Followers_of_one_leader_differ_from_lap_to_lap()
    {
        var assignments = Place(Brokers(4), 12, 2, 1);
        Assert.All(assignments.GroupBy(replicas => replicas[0]), group => Assert.Equal(3, group.Select(replicas => replicas[1]).Distinct().Count()));
    }

    [Fact]
    public void Each_partition_stands_in_as_many_racks_as_there_are()
    {
        PlacementBroker[] brokers = [new(1, "a", true), new(2, "a", true), new(3, "a", true), new(4, "b", true), new(5, "c", true)];
        for (var seed = 0; seed < 20; seed++)
        {
            Assert.All(
                Place(brokers, 10, 3, seed),
                replicas => Assert.Equal(3, replicas.Select(id => brokers.Single(broker => broker.Id == id).Rack).Distinct().Count()));
        }
    }

    [Fact]
    public void Dead_brokers_never_lead_and_take_replicas_only_when_needed()
    {
        PlacementBroker[] brokers = [new(1, null, true), new(2, null, false), new(3, null, true)];
        Assert.All(Place(brokers, 6, 2, 1), replicas => Assert.DoesNotContain(2, replicas));
        Assert.All(Place(brokers, 6, 3, 1), replicas => Assert.NotEqual(2, replicas[0]));
    }

    [Fact]
    public void Too_many_replicas_and_a_dead_cluster_are_failures()
    {
        Assert.NotNull(ReplicaPlacement.Place(Brokers(2), 0, 1, 3, new Random(1)).Failure);
        Assert.NotNull(ReplicaPlacement.Place([new(1, null, false)], 0, 1, 1, new Random(1)).Failure);
    }

    [Fact]
    public void One_broker_takes_everything() =>
        Assert.All(Place(Brokers(1), 3, 1, 1), replicas => Assert.Equal([1], replicas));

    private static int[][] Place(PlacementBroker[] brokers, int count, int replicationFactor, int seed) =>
        ReplicaPlacement.Place(brokers, 0, count, replicationFactor, new Random(seed)).Assignments!;

    private static PlacementBroker[] Brokers(int count) => [.. Enumerable.Range(1, count).Select(id => new PlacementBroker(id, null, true))];
}
