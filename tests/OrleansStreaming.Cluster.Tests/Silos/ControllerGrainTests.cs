using OrleansStreaming.Contracts.Brokers;
using OrleansStreaming.Contracts.Cluster;
using OrleansStreaming.Records.Errors;
using OrleansStreaming.Records.Ids;

namespace OrleansStreaming.Cluster.Tests.Silos;

/// <summary>The controller and topic grains over brokers that come and go.</summary>
public sealed class ControllerGrainTests : IDisposable
{
    private static readonly BrokerId _one = new(1);
    private static readonly BrokerId _two = new(2);

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("controller-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task When_a_broker_dies_its_partitions_get_other_leaders_and_its_epochs_end()
    {
        await using var cluster = await TestController.StartAsync(_folder.FullName);
        await cluster.CreateAsync("a", [1, 2, 3], [2, 1, 3]);
        await cluster.CreateAsync("b", [1, 2]);
        cluster.Members.Die(1);
        var a = await cluster.WaitAsync("a", 0, partition => partition.Leader == _two);
        Assert.Equal([2, 3], a.InSyncReplicas.Select(id => id.Value));
        Assert.Equal(1, a.LeaderEpoch.Value);
        await cluster.WaitAsync("b", 0, partition => partition.Leader == _two);
        await cluster.WaitAsync("a", 1, partition => partition.InSyncReplicas.Count == 2);
        Assert.False(cluster.Metadata.Current.Brokers[_one].IsAlive);
        Assert.Contains(cluster.Told.Applied, told => told.Broker == 2 && told.Topic.Name == "b" && told.Topic.Partitions[0].Leader == _two);
    }

    [Fact]
    public async Task Elections_do_not_wait_for_brokers_that_hang()
    {
        await using var cluster = await TestController.StartAsync(_folder.FullName);
        for (var i = 0; i < 40; i++)
        {
            await cluster.CreateAsync($"t{i}", [1, 2, 3]);
        }

        cluster.Told.Paused[2] = true;
        cluster.Members.Die(1);
        for (var i = 0; i < 40; i++)
        {
            Assert.Equal(_two, (await cluster.WaitAsync($"t{i}", 0, partition => partition.Leader != _one)).Leader);
        }
    }

    [Fact]
    public async Task A_broker_that_crashed_and_came_back_is_in_sync_only_after_the_leader_says_so()
    {
        await using var cluster = await TestController.StartAsync(_folder.FullName);
        await cluster.CreateAsync("a", [1, 2]);
        await cluster.StartBrokerAsync(2);
        Assert.Equal([1], (await cluster.WaitAsync("a", 0, partition => partition.InSyncReplicas.Count == 1)).InSyncReplicas.Select(id => id.Value));
        await cluster.ProposeAsync("a", 0, 1, 2);
        var whole = await cluster.WaitAsync("a", 0, partition => partition.InSyncReplicas.Count == 2);
        Assert.Equal([1L, 4L], whole.InSyncBrokerEpochs);
    }

    [Fact]
    public async Task A_controlled_shutdown_moves_leaderships_away_and_keeps_the_broker_out()
    {
        await using var cluster = await TestController.StartAsync(_folder.FullName);
        await cluster.CreateAsync("a", [1, 2]);
        await cluster.CreateAsync("b", [1]);
        var begun = await cluster.BeginShutdownAsync(1);
        Assert.Equal((ErrorCode.None, 1), (begun.Error, begun.RemainingLeaders));
        var moved = await cluster.WaitAsync("a", 0, partition => partition.Leader == _two);
        Assert.Equal([2], moved.InSyncReplicas.Select(id => id.Value));
        Assert.True(cluster.Metadata.Current.Brokers[_one].IsStopping);
        await cluster.ProposeAsync("a", 0, 2, 1);
        var refused = await cluster.Grains.GetGrain<ITopicGrain>("a").Describe(cluster.Metadata.Current.Topics["a"].Id);
        Assert.Equal([2], refused.Topic!.Partitions[0].InSyncReplicas.Select(id => id.Value));

        await cluster.StartBrokerAsync(1, wasStoppedCleanly: true);
        Assert.Equal(_one, (await cluster.WaitAsync("b", 0, partition => partition.LeaderEpoch.Value > 0)).Leader);
        await cluster.ProposeAsync("a", 0, 2, 1);
        await cluster.WaitAsync("a", 0, partition => partition.InSyncReplicas.Count == 2);
        var elected = await cluster.Controller.ElectLeaders(new ElectLeadersCommand());
        Assert.Equal(ErrorCode.None, Assert.Single(elected.Outcomes).Error);
        Assert.Equal(_one, (await cluster.WaitAsync("a", 0, partition => partition.Leader == _one)).Leader);
    }

    [Fact]
    public async Task Elections_on_demand_say_why_they_were_not_held()
    {
        await using var cluster = await TestController.StartAsync(_folder.FullName);
        await cluster.CreateAsync("a", [1, 2]);
        await cluster.CreateAsync("b", [3]);
        cluster.Members.Die(1);
        cluster.Members.Die(3);
        await cluster.WaitAsync("a", 0, partition => partition.Leader == _two);
        await cluster.WaitAsync("b", 0, partition => partition.Leader == BrokerId.None);
        Assert.Equal(
            [ErrorCode.PreferredLeaderNotAvailable, ErrorCode.UnknownTopicOrPartition, ErrorCode.UnknownTopicOrPartition],
            await ElectAsync(isUnclean: false, new TopicPartition("a", 0), new TopicPartition("a", 2), new TopicPartition("c", 0)));
        Assert.Equal(
            [ErrorCode.ElectionNotNeeded, ErrorCode.EligibleLeadersNotAvailable],
            await ElectAsync(isUnclean: true, new TopicPartition("a", 0), new TopicPartition("b", 0)));

        async Task<ErrorCode[]> ElectAsync(bool isUnclean, params TopicPartition[] partitions) =>
        [
            .. (await cluster.Controller.ElectLeaders(new ElectLeadersCommand { IsUnclean = isUnclean, Partitions = partitions }))
                .Outcomes.Select(outcome => outcome.Error),
        ];
    }

    [Fact]
    public async Task A_reassignment_ends_when_the_new_replicas_are_in_sync_and_deletion_reaches_those_that_left()
    {
        await using var cluster = await TestController.StartAsync(_folder.FullName);
        await cluster.CreateAsync("a", [1, 2]);
        var moved = await MoveAsync([2, 3]);
        Assert.Equal(ErrorCode.None, moved.Outcomes[0].Error);
        await cluster.WaitAsync("a", 0, partition => partition.AddingReplicas.Count == 1);
        await cluster.ProposeAsync("a", 0, 1, 2, 3);
        var done = await cluster.WaitAsync("a", 0, partition => partition.RemovingReplicas.Count == 0);
        Assert.Equal([2, 3], done.Replicas.Select(id => id.Value));
        Assert.Equal(ErrorCode.NoReassignmentInProgress, (await MoveAsync(null)).Outcomes[0].Error);
        Assert.Equal(ErrorCode.InvalidReplicaAssignment, (await MoveAsync([9])).Outcomes[0].Error);

        await cluster.Controller.DeleteTopic(new DeleteTopicCommand { Name = "a" });
        Assert.Equal([1, 2, 3], cluster.Told.Dropped.Select(drop => drop.Broker).Order());

        Task<PartitionCommandResult> MoveAsync(int[]? target) => cluster.Controller.AlterReassignments(new AlterReassignmentsCommand
        {
            Partitions =
            [
                new PartitionReassignment { Topic = "a", Partition = 0, Replicas = target is null ? null : Array.ConvertAll(target, id => new BrokerId(id)) },
            ],
        });
    }

    [Fact]
    public async Task When_all_in_sync_replicas_have_crashed_the_one_that_holds_most_leads()
    {
        await using var cluster = await TestController.StartAsync(_folder.FullName);
        await cluster.CreateAsync("a", [1, 2]);
        cluster.Members.Die(1);
        await cluster.WaitAsync("a", 0, partition => partition.Leader == _two);
        cluster.Members.Die(2);
        await cluster.WaitAsync("a", 0, partition => partition.Leader == BrokerId.None);
        cluster.Told.Ends[1] = new ReplicaEnds { BrokerEpoch = 4, Ends = [new ReplicaEnd(0, new LeaderEpoch(1), new Offset(20))] };
        cluster.Told.Ends[2] = new ReplicaEnds { BrokerEpoch = 5, Ends = [new ReplicaEnd(0, new LeaderEpoch(1), new Offset(10))] };
        await cluster.StartBrokerAsync(1);
        await cluster.StartBrokerAsync(2);
        Assert.Equal(_one, (await cluster.WaitAsync("a", 0, partition => partition.Leader != BrokerId.None)).Leader);
    }

    [Fact]
    public async Task A_leader_that_resigns_is_replaced()
    {
        await using var cluster = await TestController.StartAsync(_folder.FullName);
        var topic = await cluster.CreateAsync("a", [1, 2]);
        await cluster.Grains.GetGrain<ITopicGrain>("a").Resign(new LeaderResignation
        {
            TopicId = topic.Id,
            Partition = 0,
            Leader = _one,
            LeaderEpoch = new LeaderEpoch(0),
        });
        var replaced = await cluster.WaitAsync("a", 0, partition => partition.Leader == _two);
        Assert.Equal([2], replaced.InSyncReplicas.Select(id => id.Value));
    }

    [Fact]
    public async Task A_broker_is_unregistered_only_when_it_is_down_and_stays_a_replica()
    {
        await using var cluster = await TestController.StartAsync(_folder.FullName);
        await cluster.CreateAsync("a", [1, 2]);
        var command = new UnregisterBrokerCommand { Broker = _two };
        Assert.Equal(ErrorCode.InvalidRequest, (await cluster.Controller.UnregisterBroker(command)).Error);
        cluster.Members.Die(2);
        var result = await cluster.Controller.UnregisterBroker(command);
        Assert.Equal(ErrorCode.None, result.Error);
        await cluster.Metadata.WaitForVersionAsync(result.MetadataVersion, CancellationToken.None);
        Assert.False(cluster.Metadata.Current.Brokers.ContainsKey(_two));
        Assert.Equal([1, 2], cluster.Metadata.Current.Topics["a"].Partitions[0].Replicas.Select(id => id.Value));
        Assert.Equal(ErrorCode.BrokerIdNotRegistered, (await cluster.Controller.UnregisterBroker(command)).Error);
    }
}
