using OrleansStreaming.Records.Ids;

namespace OrleansStreaming.Replication.Tests.OneMachine;

/// <summary>Three whole brokers: what is acknowledged to those that wait for all survives, and all replicas agree byte for byte.</summary>
public sealed class FailoverTests
{
    private static readonly Dictionary<string, string> _twoInSync = new() { ["min.insync.replicas"] = "2" };

    [Fact]
    public async Task A_follower_dies_and_comes_back()
    {
        await using var cluster = await BrokerCluster.StartAsync(3);
        await cluster.CreateAsync("t", _twoInSync);
        await cluster.AppendAsync("t", "before");
        var follower = cluster.State(1, "t").InSyncReplicas.First(broker => broker != cluster.State(1, "t").Leader).Value;
        cluster.Kill(follower);
        await cluster.AppendAsync("t", "while away");
        await cluster.StartAsync(follower, alive: 3);
        await cluster.AppendAsync("t", "after");
        await AssertAgreeAsync(cluster, "before", "while away", "after");
    }

    [Fact]
    public async Task The_leader_dies_and_comes_back()
    {
        await using var cluster = await BrokerCluster.StartAsync(3);
        await cluster.CreateAsync("t", _twoInSync);
        await cluster.AppendAsync("t", "before");
        var (leader, epoch) = (cluster.State(1, "t").Leader.Value, cluster.State(1, "t").LeaderEpoch);
        cluster.Kill(leader);
        var appended = await cluster.AppendAsync("t", "while away");
        Assert.True(appended.LeaderEpoch > epoch);
        Assert.Equal(new Offset(1), appended.BaseOffset);
        await cluster.StartAsync(leader, alive: 3);
        await cluster.AppendAsync("t", "after");
        await AssertAgreeAsync(cluster, "before", "while away", "after");
    }

    [Fact]
    public async Task A_leader_that_stops_in_good_order_hands_over_first()
    {
        await using var cluster = await BrokerCluster.StartAsync(3);
        await cluster.CreateAsync("t", _twoInSync);
        await cluster.AppendAsync("t", "before");
        var leader = cluster.State(1, "t").Leader;
        await cluster.StopAsync(leader.Value);

        // The controller knows it when the broker has stopped; the others hear of it.
        await cluster.MetadataAsync(cluster.Running.First(), image =>
            image.Topics["t"].Partitions[0] is var state && state.Leader != leader && !state.InSyncReplicas.Contains(leader));
        await cluster.AppendAsync("t", "while away");
        await cluster.StartAsync(leader.Value, alive: 3);
        await AssertAgreeAsync(cluster, "before", "while away");
    }

    private static async Task AssertAgreeAsync(BrokerCluster cluster, params string[] expected)
    {
        await cluster.SettleAsync("t", replicas: 3);
        var bytes = cluster.LogBytes(1, "t");
        Assert.All(cluster.Running, id =>
        {
            Assert.Equal(expected, cluster.Read(id, "t"));
            Assert.Equal(bytes, cluster.LogBytes(id, "t"));
        });
    }
}
