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
        var again = TopicMachine.Create(state, Plan([1]), Alive());
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
        Assert.Equal(ErrorCode.UnknownTopicId, TopicMachine.Elect(state, stranger, new BrokerId(1), Alive(1)).Error);
        Assert.Equal(ErrorCode.UnknownTopicId, TopicMachine.AddPartitions(state, stranger, 1, [[1]], Alive(1)).Error);
        Assert.Equal(ErrorCode.UnknownTopicId, TopicMachine.AlterConfigs(state, stranger, new AlterConfigsCommand { ResourceName = "t" }).Error);
        Assert.Equal(ErrorCode.UnknownTopicId, TopicMachine.Elect(new TopicState(), TopicId.None, new BrokerId(1), Alive(1)).Error);
    }

    [Fact]
    public void A_broker_that_comes_back_as_leader_gets_a_new_epoch()
    {
        var state = Created([1], alive: [1]);
        var elected = TopicMachine.Elect(state, _id, new BrokerId(1), Alive(1)).State;
        Assert.Equal(1, elected.Partitions[0].Leader);
        Assert.Equal(1, elected.Partitions[0].LeaderEpoch);
        Assert.Equal(1, elected.Partitions[0].PartitionEpoch);
        Assert.Equal(2, elected.Version);
    }

    [Fact]
    public void A_broker_that_starts_beside_a_living_leader_changes_nothing()
    {
        var state = Created([1, 2], alive: [1, 2]);
        Assert.Same(state, TopicMachine.Elect(state, _id, new BrokerId(2), Alive(1, 2)).State);
    }

    [Fact]
    public void A_restarted_leader_yields_to_an_in_sync_replica_that_kept_running()
    {
        var state = Created([1, 2], alive: [1, 2]);
        Assert.Equal(2, TopicMachine.Elect(state, _id, new BrokerId(1), Alive(1, 2)).State.Partitions[0].Leader);
    }

    [Fact]
    public void Without_a_living_in_sync_replica_there_is_no_leader_and_the_set_is_remembered()
    {
        var state = Created([1, 2], alive: [1]);
        var elected = TopicMachine.Elect(state, _id, new BrokerId(2), Alive(2)).State.Partitions[0];
        Assert.Equal(PartitionState.NoLeader, elected.Leader);
        Assert.Equal([1], elected.InSync);
        Assert.Equal(1, elected.LeaderEpoch);
    }

    [Fact]
    public void An_unclean_election_happens_only_where_the_topic_allows_it()
    {
        var state = Created([1, 2], alive: [1]);
        state = state with { Configs = state.Configs.Add("unclean.leader.election.enable", "true") };
        var elected = TopicMachine.Elect(state, _id, new BrokerId(2), Alive(2)).State.Partitions[0];
        Assert.Equal(2, elected.Leader);
        Assert.Equal([2], elected.InSync);
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
        var shrunk = TopicMachine.ChangeInSync(state, Proposal(leader: 1, epoch: 0, version: 0, 1, 2));
        Assert.Equal([1, 2], shrunk.State.Partitions[0].InSync);
        Assert.Equal(1, shrunk.State.Partitions[0].PartitionEpoch);

        Assert.Equal(ErrorCode.InvalidUpdateVersion, TopicMachine.ChangeInSync(shrunk.State, Proposal(1, 0, 0, 1)).Error);
        Assert.Equal(ErrorCode.NotLeaderOrFollower, TopicMachine.ChangeInSync(shrunk.State, Proposal(2, 0, 1, 2)).Error);
        Assert.Equal(ErrorCode.UnknownLeaderEpoch, TopicMachine.ChangeInSync(shrunk.State, Proposal(1, 1, 1, 1)).Error);
        Assert.Equal(ErrorCode.InvalidRequest, TopicMachine.ChangeInSync(shrunk.State, Proposal(1, 0, 1, 2)).Error);
        Assert.Equal(ErrorCode.InvalidRequest, TopicMachine.ChangeInSync(shrunk.State, Proposal(1, 0, 1, 1, 4)).Error);
        Assert.Equal(ErrorCode.InvalidRequest, TopicMachine.ChangeInSync(shrunk.State, Proposal(1, 0, 1, 1, 1)).Error);
        Assert.Same(shrunk.State, TopicMachine.ChangeInSync(shrunk.State, Proposal(1, 0, 1, 2, 1)).State);
    }

    [Fact]
    public void A_deposed_leader_is_fenced()
    {
        var state = Created([1, 2], alive: [1, 2]);
        state = TopicMachine.Elect(state, _id, new BrokerId(1), Alive(1, 2)).State;
        state = TopicMachine.Elect(state, _id, new BrokerId(2), Alive(1, 2)).State;
        Assert.Equal(1, state.Partitions[0].Leader);
        Assert.Equal(ErrorCode.FencedLeaderEpoch, TopicMachine.ChangeInSync(state, Proposal(1, 0, 0, 1)).Error);
    }

    internal static TopicState Created(int[] replicas, int[] alive) => TopicMachine.Create(new TopicState(), Plan(replicas), Alive(alive)).State;

    internal static InSyncProposal Proposal(int leader, int epoch, int version, params int[] inSync) => new()
    {
        TopicId = _id,
        Partition = 0,
        Leader = new BrokerId(leader),
        LeaderEpoch = new LeaderEpoch(epoch),
        PartitionEpoch = new PartitionEpoch(version),
        InSyncReplicas = inSync.Select(id => new BrokerId(id)).ToArray(),
    };

    internal static TopicId Id => _id;

    private static TopicPlan Plan(int[] replicas) =>
        new() { Name = "t", Id = _id, Assignments = [replicas], Configs = new Dictionary<string, string>() };
}
