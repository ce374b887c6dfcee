using OrleansStreaming.Cluster.Controller;
using OrleansStreaming.Contracts.Cluster;
using OrleansStreaming.Records.Ids;
using static OrleansStreaming.Cluster.Tests.Support.Clusters;

namespace OrleansStreaming.Cluster.Tests.Controller;

public sealed class LeaderBalanceTests
{
    [Fact]
    public void Leaderships_go_back_when_more_than_the_allowed_share_is_elsewhere()
    {
        var topic = Led(leaders: [2, 1, 1, 1, 1, 1, 1, 1, 1, 1]);
        Assert.Empty(LeaderBalance.Decide([topic], Alive(1, 2), 10));
        var (moved, partitions) = Assert.Single(LeaderBalance.Decide([topic], Alive(1, 2), 9));
        Assert.Same(topic, moved);
        Assert.Equal([0], partitions);
    }

    [Fact]
    public void Nothing_moves_to_a_broker_that_is_down_or_stopping_or_not_in_sync()
    {
        var topic = Led(leaders: [2]);
        Assert.Empty(LeaderBalance.Decide([topic], Alive(2), 0));
        Assert.Empty(LeaderBalance.Decide([topic], Alive(Up(1, isStopping: true), Up(2)), 0));
        Assert.Empty(LeaderBalance.Decide([Led(leaders: [2], inSync: [2])], Alive(1, 2), 0));
    }

    private static TopicDescription Led(int[] leaders, params int[] inSync) => new()
    {
        Name = "t",
        Id = new TopicId(Guid.Parse("00000000-0000-0000-0000-0000000000aa")),
        Configs = new Dictionary<string, string>(),
        Partitions = leaders.Select((leader, index) => new PartitionDescription
        {
            Partition = index,
            Leader = new BrokerId(leader),
            LeaderEpoch = new LeaderEpoch(1),
            PartitionEpoch = new PartitionEpoch(1),
            Replicas = new BrokerId[] { new(1), new(2) },
            InSyncReplicas = inSync.Length == 0 ? new BrokerId[] { new(1), new(2) } : Array.ConvertAll(inSync, id => new BrokerId(id)),
        }).ToArray(),
    };
}
