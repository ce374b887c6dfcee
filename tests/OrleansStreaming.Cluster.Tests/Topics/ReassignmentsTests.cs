using OrleansStreaming.Cluster.Topics;
using OrleansStreaming.Contracts.Cluster;
using OrleansStreaming.Records.Errors;
using OrleansStreaming.Records.Ids;
using static OrleansStreaming.Cluster.Tests.Support.Clusters;

namespace OrleansStreaming.Cluster.Tests.Topics;

public sealed class ReassignmentsTests
{
    [Fact]
    public void New_replicas_join_the_old_ones_until_all_that_stay_are_in_sync()
    {
        var state = Begin(Created(1, 2), 2, 3);
        var moving = state.Partitions[0];
        Assert.Equal([2, 3, 1], moving.Replicas);
        Assert.Equal([3], moving.Adding);
        Assert.Equal([1], moving.Removing);
        Assert.Equal([1, 2], moving.InSync);
        Assert.Equal(1, moving.Leader);

        var done = TopicMachine.ChangeInSync(state, TopicMachineTests.Proposal(1, 0, 1, 1, 2, 3), Alive(1, 2, 3)).State.Partitions[0];
        Assert.Equal([2, 3], done.Replicas);
        Assert.Equal([2, 3], done.InSync);
        Assert.False(done.IsReassigning);
        Assert.Equal(2, done.Leader);
        Assert.Equal(1, done.LeaderEpoch);
        Assert.Equal(2, done.PartitionEpoch);
    }

    [Fact]
    public void Another_order_of_the_same_replicas_is_done_at_once()
    {
        var partition = Begin(Created(1, 2), 2, 1).Partitions[0];
        Assert.Equal([2, 1], partition.Replicas);
        Assert.False(partition.IsReassigning);
        Assert.Equal(1, partition.Leader);
        Assert.Equal(0, partition.LeaderEpoch);
        Assert.Equal(1, partition.PartitionEpoch);
    }

    [Fact]
    public void Taking_in_sync_replicas_away_is_done_at_once_and_fences_them()
    {
        var partition = Begin(Created(1, 2, 3), 2).Partitions[0];
        Assert.Equal([2], partition.Replicas);
        Assert.Equal([2], partition.InSync);
        Assert.Equal(2, partition.Leader);
        Assert.True(partition.LeaderEpoch > 0);
    }

    [Fact]
    public void A_move_to_what_is_changes_nothing()
    {
        var state = Created(1, 2);
        Assert.Same(state, Begin(state, 1, 2));
        var moving = Begin(state, 2, 3);
        Assert.Same(moving, Begin(moving, 2, 3));
    }

    [Fact]
    public void A_cancelled_move_goes_back_even_after_it_was_turned()
    {
        var state = Begin(Begin(Created(1, 2), 2, 3), 3, 4);
        Assert.Equal([3, 4, 1, 2], state.Partitions[0].Replicas);
        Assert.Equal([3, 4], state.Partitions[0].Adding);
        Assert.Equal([1, 2], state.Partitions[0].Removing);
        var (decision, outcomes) = Move(state, null);
        Assert.Equal(ErrorCode.None, outcomes[0].Error);
        var back = decision.State.Partitions[0];
        Assert.Equal([1, 2], back.Replicas.Order());
        Assert.False(back.IsReassigning);
        Assert.True(back.LeaderEpoch > 0);
        Assert.Equal(ErrorCode.NoReassignmentInProgress, Move(decision.State, null).Outcomes[0].Error);
    }

    [Fact]
    public void A_cancel_that_would_lose_records_is_refused()
    {
        var state = Begin(Created(1), 2, 3);
        state = TopicMachine.ChangeInSync(state, TopicMachineTests.Proposal(1, 0, 1, 1, 2), Alive(1, 2, 3)).State;
        state = TopicMachine.Elect(state, TopicMachineTests.Elect(Alive(2))).State;
        Assert.Equal([2], state.Partitions[0].InSync);
        Assert.Equal(ErrorCode.InvalidReplicaAssignment, Move(state, null).Outcomes[0].Error);
    }

    [Fact]
    public void Each_move_of_a_request_has_its_own_outcome()
    {
        var state = Created(1, 2);
        Assert.Equal(ErrorCode.InvalidReplicaAssignment, Move(state, []).Outcomes[0].Error);
        Assert.Equal(ErrorCode.InvalidReplicaAssignment, Move(state, [3, 3]).Outcomes[0].Error);
        Assert.Equal(ErrorCode.UnknownTopicOrPartition, Move(state, [3], partition: 1).Outcomes[0].Error);
        Assert.Equal(ErrorCode.UnknownTopicOrPartition, Move(new TopicState(), [3]).Outcomes[0].Error);
        Assert.Equal(ErrorCode.InvalidReplicationFactor, Move(state, [3], allowFactor: false).Outcomes[0].Error);
        Assert.Same(state, Move(state, []).Decision.State);
    }

    private static TopicState Created(params int[] replicas) => TopicMachineTests.Created(replicas, replicas);

    private static TopicState Begin(TopicState state, params int[] target)
    {
        var (decision, outcomes) = Move(state, target);
        Assert.Equal(ErrorCode.None, outcomes[0].Error);
        return decision.State;
    }

    private static (TopicDecision Decision, PartitionOutcome[] Outcomes) Move(TopicState state, int[]? target, int partition = 0, bool allowFactor = true) =>
        TopicMachine.Reassign(state, new ReassignTopicCommand
        {
            TopicId = TopicMachineTests.Id,
            Living = Alive(1, 2, 3, 4).ToArray(),
            AllowReplicationFactorChange = allowFactor,
            Partitions =
            [
                new PartitionReassignment
                {
                    Topic = "t",
                    Partition = partition,
                    Replicas = target is null ? null : Array.ConvertAll(target, id => new BrokerId(id)),
                },
            ],
        });
}
