using System.Collections.Immutable;
using OrleansStreaming.Cluster.Brokers;
using OrleansStreaming.Cluster.Topics;
using OrleansStreaming.Contracts.Cluster;
using OrleansStreaming.Records.Errors;
using OrleansStreaming.Records.Ids;
using static OrleansStreaming.Cluster.Tests.Support.Clusters;

namespace OrleansStreaming.Cluster.Tests.Topics;

public sealed class TopicMachineTests
{
    private static readonly TopicId _id = new(Guid.Parse("00000000-0000-0000-0000-0000000000aa"));

    [Fact]
    public void A_created_topic_has_the_living_replicas_in_sync_and_the_first_of_them_leads()
    {
        var state = Created([1, 2, 3], alive: [2, 3]);
        var partition = state.Partitions[0];
        Assert.Equal([1, 2, 3], partition.Replicas);
        Assert.Equal([2, 3], partition.InSync);
        Assert.Equal(2, partition.Leader);
        Assert.Equal(0, partition.LeaderEpoch);
        Assert.Equal(1, state.Version);
    }

    [Fact]
    public void Creating_the_same_topic_again_changes_nothing()
    {
        var state = Created([1], alive: [1]);
        var again = TopicMachine.Create(state, Plan([1]), LivingBrokers.None);
        Assert.Equal(ErrorCode.None, again.Error);
        Assert.Same(state, again.State);
    }

    [Fact]
    public void A_namesake_is_refused_until_the_former_topic_is_deleted()
    {
        var other = new TopicPlan { Name = "t", Id = new TopicId(Guid.NewGuid()), Assignments = [[1]], Configs = new Dictionary<string, string>() };
        Assert.Equal(ErrorCode.TopicAlreadyExists, TopicMachine.Create(Created([1], alive: [1]), other, Alive(1)).Error);
    }

    [Fact]
    public void Calls_that_mean_another_topic_id_are_refused()
    {
        var state = Created([1], alive: [1]);
        var stranger = new TopicId(Guid.NewGuid());
        Assert.Equal(ErrorCode.UnknownTopicId, TopicMachine.Elect(state, Elect(Alive(1), stranger)).Error);
        Assert.Equal(ErrorCode.UnknownTopicId, TopicMachine.AddPartitions(state, stranger, 1, [[1]], Alive(1)).Error);
        Assert.Equal(ErrorCode.UnknownTopicId, TopicMachine.AlterConfigs(state, stranger, new AlterConfigsCommand { ResourceName = "t" }).Error);
        Assert.Equal(ErrorCode.UnknownTopicId, TopicMachine.Elect(new TopicState(), Elect(Alive(1), TopicId.None)).Error);
    }

    [Fact]
    public void Partitions_are_added_only_to_the_count_that_was_seen()
    {
        var state = Created([1], alive: [1]);
        Assert.Equal(ErrorCode.InvalidPartitions, TopicMachine.AddPartitions(state, _id, 2, [[1]], Alive(1)).Error);
        var grown = TopicMachine.AddPartitions(state, _id, 1, [[1], [1]], Alive(1)).State;
        Assert.Equal(3, grown.Partitions.Length);
        Assert.Same(state.Partitions[0], grown.Partitions[0]);
    }

    [Fact]
    public void The_in_sync_set_changes_by_compare_and_swap_only()
    {
        var state = Created([1, 2, 3], alive: [1, 2, 3]);
        var shrunk = TopicMachine.ChangeInSync(state, Proposal(leader: 1, epoch: 0, version: 0, 1, 2), Alive(1, 2, 3));
        Assert.Equal([1, 2], shrunk.State.Partitions[0].InSync);
        Assert.Equal(1, shrunk.State.Partitions[0].PartitionEpoch);

        Assert.Equal(ErrorCode.InvalidUpdateVersion, TopicMachine.ChangeInSync(shrunk.State, Proposal(1, 0, 0, 1), Alive(1, 2, 3)).Error);
        Assert.Equal(ErrorCode.NotLeaderOrFollower, TopicMachine.ChangeInSync(shrunk.State, Proposal(2, 0, 1, 2), Alive(1, 2, 3)).Error);
        Assert.Equal(ErrorCode.UnknownLeaderEpoch, TopicMachine.ChangeInSync(shrunk.State, Proposal(1, 1, 1, 1), Alive(1, 2, 3)).Error);
        Assert.Equal(ErrorCode.InvalidRequest, TopicMachine.ChangeInSync(shrunk.State, Proposal(1, 0, 1, 2), Alive(1, 2, 3)).Error);
        Assert.Equal(ErrorCode.InvalidRequest, TopicMachine.ChangeInSync(shrunk.State, Proposal(1, 0, 1, 1, 4), Alive(1, 2, 3)).Error);
        Assert.Equal(ErrorCode.InvalidRequest, TopicMachine.ChangeInSync(shrunk.State, Proposal(1, 0, 1, 1, 1), Alive(1, 2, 3)).Error);
        Assert.Same(shrunk.State, TopicMachine.ChangeInSync(shrunk.State, Proposal(1, 0, 1, 2, 1), Alive(1, 2, 3)).State);
    }

    [Fact]
    public void A_deposed_leader_is_fenced()
    {
        var state = Created([1, 2], alive: [1, 2]);
        state = TopicMachine.Elect(state, Elect(Alive(2))).State;
        state = TopicMachine.ChangeInSync(state, Proposal(2, 1, 1, 1, 2), Alive(1, 2)).State;
        state = TopicMachine.Elect(state, Elect(Alive(1))).State;
        Assert.Equal(1, state.Partitions[0].Leader);
        Assert.Equal(ErrorCode.FencedLeaderEpoch, TopicMachine.ChangeInSync(state, Proposal(1, 0, 0, 1), Alive(1)).Error);
    }

    [Fact]
    public void A_lower_min_insync_replicas_forgets_who_was_eligible()
    {
        var state = Created([1, 2], alive: [1, 2]) with { Configs = ImmutableDictionary<string, string>.Empty.Add("min.insync.replicas", "2") };
        state = TopicMachine.Elect(state, Elect(Alive(1))).State;
        Assert.Equal([2], state.Partitions[0].Eligible);
        state = TopicMachine.AlterConfigs(state, _id, new AlterConfigsCommand
        {
            ResourceType = ConfigResourceType.Topic,
            ResourceName = "t",
            Changes = new ConfigChange[] { new() { Name = "min.insync.replicas", Value = "1" } },
        }).State;
        Assert.Empty(state.Partitions[0].Eligible);
    }

    [Fact]
    public void A_resignation_counts_only_in_the_epoch_it_gives_up()
    {
        var state = Created([1, 2], alive: [1, 2]);
        Assert.Same(state, TopicMachine.Elect(state, Elect(Alive(1, 2), resignation: Resignation(1, epoch: 1))).State);
        Assert.Same(state, TopicMachine.Elect(state, Elect(Alive(1, 2), resignation: Resignation(2, epoch: 0))).State);
        var resigned = TopicMachine.Elect(state, Elect(Alive(1, 2), resignation: Resignation(1, epoch: 0))).State.Partitions[0];
        Assert.Equal(2, resigned.Leader);
        Assert.Equal([2], resigned.InSync);
    }

    [Fact]
    public void An_election_may_mean_some_partitions_only()
    {
        var plan = new TopicPlan { Name = "t", Id = _id, Assignments = [[1, 2], [1, 2]], Configs = new Dictionary<string, string>() };
        var state = TopicMachine.Create(new TopicState(), plan, Alive(1, 2)).State;
        var elected = TopicMachine.Elect(state, new ElectTopicCommand { TopicId = _id, Living = [Up(2)], Partitions = [1] }).State;
        Assert.Same(state.Partitions[0], elected.Partitions[0]);
        Assert.Equal(2, elected.Partitions[1].Leader);
    }

    internal static ElectTopicCommand Elect(
        LivingBrokers living, TopicId? topic = null, ElectionKind kind = ElectionKind.Living, LeaderResignation? resignation = null) =>
        new() { TopicId = topic ?? _id, Living = living.ToArray(), Kind = kind, Resignation = resignation };

    private static LeaderResignation Resignation(int leader, int epoch) => new()
    {
        TopicId = _id,
        Partition = 0,
        Leader = new BrokerId(leader),
        LeaderEpoch = new LeaderEpoch(epoch),
    };

    internal static TopicState Created(int[] replicas, int[] alive) => TopicMachine.Create(new TopicState(), Plan(replicas), Alive(alive)).State;

    internal static InSyncProposal Proposal(int leader, int epoch, int version, params int[] inSync) => new()
    {
        TopicId = _id,
        Partition = 0,
        Leader = new BrokerId(leader),
        LeaderEpoch = new LeaderEpoch(epoch),
        PartitionEpoch = new PartitionEpoch(version),
        InSyncReplicas = inSync.Select(id => new BrokerId(id)).ToArray(),
        BrokerEpochs = inSync.Select(_ => 1L).ToArray(),
    };

    internal static TopicId Id => _id;

    private static TopicPlan Plan(int[] replicas) =>
        new() { Name = "t", Id = _id, Assignments = [replicas], Configs = new Dictionary<string, string>() };
}
