using OrleansStreaming.Contracts.Cluster;
using OrleansStreaming.Records.Errors;
using OrleansStreaming.Records.Ids;

namespace OrleansStreaming.Cluster.Tests.EmbeddedClusters;

/// <summary>Brokers that die for real, the controller's too.</summary>
public sealed class FailoverTests
{
    [Fact]
    public async Task When_a_brokers_silo_dies_the_others_learn_new_leaders()
    {
        await using var cluster = await ThreeBrokers.StartAsync();
        await CreateAsync(cluster);
        var host = cluster.MetadataOf(1).Current.Controller.Value;
        var victim = host == 3 ? 2 : 3;
        await cluster.KillAsync(victim);
        await ExpectAsync(cluster, victim);
        await cluster.StartAsync(victim);
        var back = await cluster.WaitAsync(host, image => image.Brokers[new BrokerId(victim)].IsAlive);
        Assert.DoesNotContain(back.Topics["t"].Partitions, partition => partition.InSyncReplicas.Contains(new BrokerId(victim)));
    }

    [Fact]
    public async Task When_the_controllers_silo_dies_another_takes_over_and_elects()
    {
        await using var cluster = await ThreeBrokers.StartAsync();
        await CreateAsync(cluster);
        var before = cluster.MetadataOf(1).Current;
        var victim = before.Controller.Value;
        await cluster.KillAsync(victim);
        await ExpectAsync(cluster, victim);
        var survivor = victim == 1 ? 2 : 1;
        var after = cluster.MetadataOf(survivor).Current;
        Assert.True(after.ControllerTerm > before.ControllerTerm);
        Assert.True(after.Version > before.Version);
        Assert.NotEqual(victim, after.Controller.Value);
        var created = await cluster.CreateAsync(survivor, new CreateTopicCommand { Name = "u", PartitionCount = 1 });
        Assert.Equal(ErrorCode.None, created.Error);
    }

    [Fact]
    public async Task No_topic_is_missing_for_a_moment_however_often_the_controller_dies()
    {
        const int Rounds = 4;
        await using var cluster = await ThreeBrokers.StartAsync();
        for (var round = 0; round < Rounds; round++)
        {
            var (name, victim) = ($"t{round}", cluster.MetadataOf(1).Current.Controller.Value);
            var survivors = Enumerable.Range(1, 3).Where(id => id != victim).ToArray();
            var created = await cluster.CreateAsync(survivors[round % 2], new CreateTopicCommand { Name = name, PartitionCount = 2, ReplicationFactor = 3 });
            Assert.Equal(ErrorCode.None, created.Error);
            await Task.WhenAll(survivors.Select(id => cluster.WaitAsync(id, image => image.Topics.ContainsKey(name))));
            await cluster.KillAsync(victim);
            await Task.WhenAll(survivors.Select(id => cluster.WaitAsync(id, image =>
            {
                Assert.Empty(Enumerable.Range(0, round + 1).Select(i => $"t{i}").Except(image.Topics.Keys));
                return image.Controller.Value != victim && !image.Brokers[new BrokerId(victim)].IsAlive
                    && image.Topics[name].Partitions.All(partition => partition.Leader.Value != victim && partition.InSyncReplicas.Count == 2);
            })));
            await cluster.StartAsync(victim);
            await Task.WhenAll(Enumerable.Range(1, 3).Select(id => cluster.WaitAsync(id, image =>
                image.Brokers.Values.All(broker => broker.IsAlive) && image.Topics.Count == round + 1)));
        }
    }

    private static async Task CreateAsync(ThreeBrokers cluster)
    {
        var created = await cluster.CreateAsync(1, new CreateTopicCommand { Name = "t", PartitionCount = 6, ReplicationFactor = 3 });
        Assert.Equal(ErrorCode.None, created.Error);
        Assert.Equal([1, 1, 2, 2, 3, 3], created.Topic!.Partitions.Select(partition => partition.Leader.Value).Order());
        for (var id = 1; id <= 3; id++)
        {
            await cluster.WaitAsync(id, image => image.Version >= created.MetadataVersion);
        }
    }

    /// <summary>Every survivor learns that the victim is down, leads nothing and is in sync nowhere.</summary>
    private static async Task ExpectAsync(ThreeBrokers cluster, int victim)
    {
        foreach (var id in Enumerable.Range(1, 3).Where(id => id != victim))
        {
            await cluster.WaitAsync(id, image =>
                !image.Brokers[new BrokerId(victim)].IsAlive
                && image.Topics.TryGetValue("t", out var topic)
                && topic.Partitions.All(partition =>
                    partition.Leader != BrokerId.None && partition.Leader.Value != victim && partition.InSyncReplicas.Count == 2));
        }
    }
}
