using OrleansStreaming.Contracts.Cluster;
using OrleansStreaming.Contracts.Groups;
using OrleansStreaming.Records.Errors;
using OrleansStreaming.Records.Ids;

namespace OrleansStreaming.Cluster.Tests.Silos;

/// <summary>An offsets topic that was created by the first broker alone.</summary>
public sealed class OffsetsTopicGrowthTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("growth-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task Brokers_that_join_get_replicas_until_the_factor_is_reached_and_other_topics_stay_as_they_are()
    {
        await using var cluster = await TestController.StartAsync(_folder.FullName, brokers: 1);
        await cluster.CreateAsync(OffsetsTopic.Name, [1]);
        await cluster.CreateAsync("a", [1]);
        await cluster.StartBrokerAsync(2);
        await GrowToAsync(cluster, 1, 2);
        await cluster.StartBrokerAsync(3);
        await cluster.StartBrokerAsync(4);
        var partition = await cluster.WaitAsync(OffsetsTopic.Name, 0, partition => partition.AddingReplicas.Count > 0);
        Assert.Equal(3, partition.Replicas.Count);
        Assert.Single(cluster.Metadata.Current.Topics["a"].Partitions[0].Replicas);
    }

    [Fact]
    public async Task Replicas_that_somebody_takes_away_stay_away_until_a_broker_joins()
    {
        await using var cluster = await TestController.StartAsync(_folder.FullName, brokers: 2);
        await cluster.CreateAsync(OffsetsTopic.Name, [1]);
        await GrowToAsync(cluster, 1, 2);
        var moved = await cluster.Controller.AlterReassignments(new AlterReassignmentsCommand
        {
            Partitions = [new PartitionReassignment { Topic = OffsetsTopic.Name, Partition = 0, Replicas = [new BrokerId(1)] }],
        });
        Assert.Equal(ErrorCode.None, Assert.Single(moved.Outcomes).Error);
        var shrunk = await cluster.WaitAsync(OffsetsTopic.Name, 0, partition => partition.Replicas.Count == 1);
        await cluster.StartBrokerAsync(3);
        var partition = await cluster.WaitAsync(OffsetsTopic.Name, 0, partition => partition.AddingReplicas.Count > 0);
        Assert.Equal(3, partition.Replicas.Count);
        Assert.Equal(shrunk.PartitionEpoch.Value + 1, partition.PartitionEpoch.Value);
    }

    private static async Task GrowToAsync(TestController cluster, params int[] replicas)
    {
        await cluster.WaitAsync(OffsetsTopic.Name, 0, partition => partition.AddingReplicas.Count > 0);
        await cluster.ProposeAsync(OffsetsTopic.Name, 0, replicas);
        var grown = await cluster.WaitAsync(OffsetsTopic.Name, 0, partition => partition.InSyncReplicas.Count == replicas.Length && partition.AddingReplicas.Count == 0);
        Assert.Equal(replicas, grown.Replicas.Select(broker => broker.Value).Order());
    }
}
