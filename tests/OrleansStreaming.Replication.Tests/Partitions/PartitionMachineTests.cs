using OrleansStreaming.Contracts.Cluster;
using OrleansStreaming.Contracts.Replication;
using OrleansStreaming.Records.Errors;
using OrleansStreaming.Records.Ids;
using OrleansStreaming.Replication.Partitions;

namespace OrleansStreaming.Replication.Tests.Partitions;

public sealed class PartitionMachineTests
{
    private static readonly BrokerId _self = new(1);

    [Fact]
    public void A_single_replica_commits_what_it_has()
    {
        var machine = Machine();
        Assert.Equal(RoleChange.BecameLeader, machine.Assign(State(1, 0, 0, [1], [1]), new Offset(7), new Offset(7)));
        Assert.Equal(new Offset(7), machine.HighWatermark);
        Assert.True(machine.CountLocal(new Offset(9)));
        Assert.False(machine.CountLocal(new Offset(9)));
        Assert.Equal(new Offset(9), machine.HighWatermark);
    }

    [Fact]
    public void Who_does_not_lead_refuses()
    {
        var machine = Machine();
        Assert.Equal(ErrorCode.NotLeaderOrFollower, machine.CheckAppend(LeaderEpoch.None, RequiredAcks.Leader, isDuplicate: false));
        Assert.Equal(RoleChange.BecameFollower, machine.Assign(State(2, 3, 3, [1, 2], [1, 2]), Offset.Zero, Offset.Zero));
        Assert.Equal(ErrorCode.NotLeaderOrFollower, machine.CheckAppend(new LeaderEpoch(3), RequiredAcks.Leader, isDuplicate: false));
        Assert.False(machine.CountLocal(new Offset(5)));
        Assert.Equal(Offset.Zero, machine.HighWatermark);
    }

    [Fact]
    public void Epochs_are_checked_before_the_role()
    {
        var machine = Machine();
        machine.Assign(State(1, 5, 5, [1], [1]), Offset.Zero, Offset.Zero);
        Assert.Equal(ErrorCode.FencedLeaderEpoch, machine.CheckLeader(new LeaderEpoch(4)));
        Assert.Equal(ErrorCode.UnknownLeaderEpoch, machine.CheckLeader(new LeaderEpoch(6)));
        Assert.Equal(ErrorCode.None, machine.CheckLeader(new LeaderEpoch(5)));
        Assert.Equal(ErrorCode.None, machine.CheckLeader(LeaderEpoch.None));
    }

    [Fact]
    public void Older_states_change_nothing()
    {
        var machine = Machine();
        machine.Assign(State(1, 5, 8, [1, 2], [1, 2]), Offset.Zero, Offset.Zero);
        Assert.Equal(RoleChange.None, machine.Assign(State(1, 5, 8, [1, 2], [1]), Offset.Zero, Offset.Zero));
        Assert.Equal(RoleChange.None, machine.Assign(State(2, 5, 7, [1, 2], [1]), Offset.Zero, Offset.Zero));
        Assert.Equal(RoleChange.None, machine.Assign(State(2, 4, 9, [1, 2], [1]), Offset.Zero, Offset.Zero));
        Assert.True(machine.IsLeader);
        Assert.Equal(2, machine.InSync.Length);
    }

    [Fact]
    public void The_high_watermark_is_the_lowest_end_of_the_in_sync_replicas()
    {
        var machine = Machine();
        machine.Assign(State(1, 0, 0, [1, 2, 3], [1, 2]), Offset.Zero, Offset.Zero);
        machine.CountLocal(new Offset(10));
        Assert.Equal(Offset.Zero, machine.HighWatermark);
        machine.Acknowledge(new BrokerId(3), new LeaderEpoch(0), new Offset(10));
        Assert.Equal(Offset.Zero, machine.HighWatermark);
        Assert.True(machine.Acknowledge(new BrokerId(2), new LeaderEpoch(0), new Offset(6)));
        Assert.Equal(new Offset(6), machine.HighWatermark);
    }

    [Fact]
    public void An_acknowledgement_counts_only_in_its_epoch()
    {
        var machine = Machine();
        machine.Assign(State(1, 2, 2, [1, 2], [1, 2]), new Offset(4), new Offset(4));
        machine.CountLocal(new Offset(10));
        Assert.False(machine.Acknowledge(new BrokerId(2), new LeaderEpoch(1), new Offset(10)));
        Assert.False(machine.Acknowledge(new BrokerId(9), new LeaderEpoch(2), new Offset(10)));
        Assert.Equal(Offset.Zero, machine.HighWatermark);
    }

    [Fact]
    public void A_new_epoch_forgets_what_followers_acknowledged()
    {
        var machine = Machine();
        machine.Assign(State(1, 0, 0, [1, 2], [1, 2]), Offset.Zero, Offset.Zero);
        machine.CountLocal(new Offset(5));
        machine.Acknowledge(new BrokerId(2), new LeaderEpoch(0), new Offset(5));
        machine.Assign(State(1, 1, 1, [1, 2], [1, 2]), new Offset(5), new Offset(5));
        machine.CountLocal(new Offset(8));
        Assert.Equal(new Offset(5), machine.HighWatermark);
        Assert.Equal(new Offset(5), machine.EpochStart);
    }

    [Fact]
    public void Too_few_in_sync_refuse_acks_all_and_hold_the_high_watermark()
    {
        var machine = Machine();
        machine.SetMinInSync(2);
        machine.Assign(State(1, 0, 0, [1, 2, 3], [1]), Offset.Zero, Offset.Zero);
        Assert.Equal(ErrorCode.NotEnoughReplicas, machine.CheckAppend(LeaderEpoch.None, RequiredAcks.All, isDuplicate: false));
        Assert.Equal(ErrorCode.None, machine.CheckAppend(LeaderEpoch.None, RequiredAcks.All, isDuplicate: true));
        Assert.Equal(ErrorCode.None, machine.CheckAppend(LeaderEpoch.None, RequiredAcks.Leader, isDuplicate: false));
        Assert.False(machine.CountLocal(new Offset(3)));
        Assert.True(machine.SetMinInSync(1));
        Assert.Equal(new Offset(3), machine.HighWatermark);
    }

    [Fact]
    public void The_minimum_is_never_more_than_there_are_replicas()
    {
        var machine = Machine();
        machine.SetMinInSync(3);
        machine.Assign(State(1, 0, 0, [1], [1]), Offset.Zero, Offset.Zero);
        Assert.Equal(ErrorCode.None, machine.CheckAppend(LeaderEpoch.None, RequiredAcks.All, isDuplicate: false));
    }

    [Fact]
    public void A_follower_is_caught_up_when_it_has_reached_the_epoch_and_the_high_watermark()
    {
        var machine = Machine();
        machine.Assign(State(1, 1, 1, [1, 2], [1]), new Offset(10), new Offset(10));
        Assert.False(machine.IsCaughtUp(new BrokerId(2)));
        machine.Acknowledge(new BrokerId(2), new LeaderEpoch(1), new Offset(9));
        Assert.False(machine.IsCaughtUp(new BrokerId(2)));
        machine.Acknowledge(new BrokerId(2), new LeaderEpoch(1), new Offset(10));
        Assert.True(machine.IsCaughtUp(new BrokerId(2)));
        machine.Forget(new BrokerId(2));
        Assert.False(machine.IsCaughtUp(new BrokerId(2)));
    }

    [Fact]
    public void While_changes_are_in_flight_every_set_asked_for_counts()
    {
        var machine = Machine();
        machine.Assign(State(1, 0, 0, [1, 2, 3], [1]), Offset.Zero, Offset.Zero);
        machine.CountLocal(new Offset(5));
        machine.Acknowledge(new BrokerId(2), new LeaderEpoch(0), new Offset(5));
        machine.Propose([_self, new BrokerId(2)]);
        machine.Propose([_self]);
        Assert.False(machine.CountLocal(new Offset(8)));
        machine.Assign(State(1, 0, 1, [1, 2, 3], [1, 2]), new Offset(8), new Offset(8));
        Assert.Equal(new Offset(5), machine.HighWatermark);

        machine.Propose([_self]);
        Assert.False(machine.CountLocal(new Offset(9)));
        machine.Assign(State(1, 0, 2, [1, 2, 3], [1]), new Offset(9), new Offset(9));
        Assert.Equal(new Offset(9), machine.HighWatermark);
    }

    [Fact]
    public void A_follower_that_came_back_with_less_holds_the_high_watermark_where_it_is()
    {
        var machine = Machine();
        machine.Assign(State(1, 0, 0, [1, 2], [1, 2]), Offset.Zero, Offset.Zero);
        machine.CountLocal(new Offset(8));
        machine.Acknowledge(new BrokerId(2), new LeaderEpoch(0), new Offset(8));
        Assert.False(machine.Acknowledge(new BrokerId(2), new LeaderEpoch(0), new Offset(3)));
        Assert.False(machine.CountLocal(new Offset(9)));
        Assert.Equal(new Offset(8), machine.HighWatermark);
    }

    [Fact]
    public void It_never_leads_in_an_epoch_of_its_former_life()
    {
        var machine = new PartitionMachine(_self, new LeaderEpoch(4), Offset.Zero);
        Assert.Equal(RoleChange.None, machine.Assign(State(1, 4, 9, [1, 2], [1, 2]), Offset.Zero, Offset.Zero));
        Assert.Equal(RoleChange.BecameLeader, machine.Assign(State(1, 5, 10, [1, 2], [1, 2]), Offset.Zero, Offset.Zero));
    }

    [Fact]
    public void A_leader_that_hears_a_newer_one_leads_no_more_and_refuses_older_ones()
    {
        var machine = Machine();
        machine.Assign(State(1, 3, 3, [1, 2], [1, 2]), Offset.Zero, Offset.Zero);
        Assert.Equal(ErrorCode.FencedLeaderEpoch, machine.Follow(new LeaderEpoch(2), new BrokerId(2)));
        Assert.Equal(ErrorCode.FencedLeaderEpoch, machine.Follow(new LeaderEpoch(3), new BrokerId(2)));
        Assert.True(machine.IsLeader);
        Assert.Equal(ErrorCode.None, machine.Follow(new LeaderEpoch(4), new BrokerId(2)));
        Assert.False(machine.IsLeader);
        Assert.Equal(new BrokerId(2), machine.Leader);
        Assert.Equal(RoleChange.None, machine.Assign(State(1, 3, 4, [1, 2], [1]), Offset.Zero, Offset.Zero));
    }

    [Fact]
    public void Elected_again_in_the_epoch_that_deposed_it_it_begins_anew()
    {
        var machine = Machine();
        machine.Assign(State(1, 3, 3, [1, 2], [1, 2]), Offset.Zero, Offset.Zero);
        machine.Depose(new LeaderEpoch(4));
        Assert.False(machine.IsLeader);
        Assert.Equal(RoleChange.BecameLeader, machine.Assign(State(1, 4, 4, [1, 2], [1, 2]), new Offset(6), new Offset(6)));
        Assert.Equal(new Offset(6), machine.EpochStart);
    }

    internal static PartitionDescription State(int leader, int epoch, int version, int[] replicas, int[] inSync) => new()
    {
        Partition = 0,
        Leader = new BrokerId(leader),
        LeaderEpoch = new LeaderEpoch(epoch),
        PartitionEpoch = new PartitionEpoch(version),
        Replicas = replicas.Select(id => new BrokerId(id)).ToArray(),
        InSyncReplicas = inSync.Select(id => new BrokerId(id)).ToArray(),
    };

    private static PartitionMachine Machine() => new(_self, LeaderEpoch.None, Offset.Zero);
}
