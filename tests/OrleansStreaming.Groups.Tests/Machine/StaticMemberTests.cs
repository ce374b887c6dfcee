using OrleansStreaming.Contracts.Groups;
using OrleansStreaming.Groups.Machine;
using OrleansStreaming.Records.Errors;

namespace OrleansStreaming.Groups.Tests.Machine;

public sealed class StaticMemberTests
{
    private readonly GroupBench _bench = new();

    [Fact]
    public void A_static_member_needs_no_id_first()
    {
        var joined = _bench.Joined(_bench.Join(instance: "i", knownId: true));

        Assert.Equal((ErrorCode.None, "i"), (joined.Error, joined.Members[0].InstanceId));
        Assert.StartsWith("i-", joined.MemberId, StringComparison.Ordinal);
    }

    [Fact]
    public void A_restarted_follower_keeps_its_assignment_without_a_rebalance()
    {
        var (leader, follower) = StablePair();

        var joined = _bench.Joined(_bench.Join(instance: "b"));

        Assert.NotEqual(follower, joined.MemberId);
        Assert.Equal((ErrorCode.None, 2, leader, false), (joined.Error, joined.Generation, joined.Leader, joined.SkipAssignment));
        Assert.Equal(GroupState.Stable, _bench.Machine.State);
        Assert.Equal([1], _bench.Synced(_bench.Sync(joined.MemberId, 2, "b", [])).Assignment);
        Assert.Contains(_bench.Log[^1].Metadata!.Members, member => member.MemberId == joined.MemberId && member.InstanceId == "b");
    }

    [Fact]
    public void The_former_self_of_a_static_member_is_fenced()
    {
        var (_, follower) = StablePair();
        _bench.Join(instance: "b");

        Assert.Equal(ErrorCode.FencedInstanceId, _bench.Heartbeat(follower, 2, "b"));
        Assert.Equal(ErrorCode.FencedInstanceId, _bench.CommitError(follower, 2, 1, "b"));
        Assert.Equal(ErrorCode.FencedInstanceId, _bench.Synced(_bench.Sync(follower, 2, "b", [])).Error);
        Assert.Equal(ErrorCode.FencedInstanceId, _bench.Joined(_bench.Join(follower, "b")).Error);
        Assert.Equal(ErrorCode.FencedInstanceId, _bench.Leave(follower, "b"));
        Assert.Equal(ErrorCode.UnknownMemberId, _bench.Heartbeat(follower, 2));
    }

    [Fact]
    public void A_restarted_leader_is_told_to_skip_the_assignment_if_it_can_be()
    {
        var (_, follower) = StablePair();

        var joined = _bench.Joined(_bench.Join(instance: "a", skips: true));

        Assert.True(joined.SkipAssignment);
        Assert.Equal(joined.MemberId, joined.Leader);
        Assert.Equal([follower, joined.MemberId], joined.Members.Select(member => member.MemberId).Order(StringComparer.Ordinal).Reverse());
    }

    [Fact]
    public void A_restarted_leader_that_cannot_skip_does_not_know_that_it_leads()
    {
        var (leader, _) = StablePair();

        var joined = _bench.Joined(_bench.Join(instance: "a"));

        Assert.Equal((leader, 0, false), (joined.Leader, joined.Members.Length, joined.SkipAssignment));
        Assert.Equal([0], _bench.Synced(_bench.Sync(joined.MemberId, 2, "a", [])).Assignment);
    }

    [Fact]
    public void A_waiting_join_of_the_former_self_is_fenced()
    {
        var (leader, follower) = StablePair();
        _bench.Join(leader, "a", protocols: ("range", [9]));
        _bench.Heartbeat(follower, 2, "b");
        var before = _bench.Join(follower, "b", protocols: ("range", [1]));
        _bench.Settle(leader, follower);
        _bench.Join(leader, "a");

        var waiting = _bench.Join(follower, "b");
        Assert.True(_bench.IsAnswered(before));
        _bench.Settle(leader, follower);
        _bench.Join(follower, "b", protocols: ("range", [5]));
        var successor = _bench.Join(instance: "b", protocols: ("range", [5]));

        Assert.True(_bench.IsAnswered(waiting));
        Assert.False(_bench.IsAnswered(successor));
        Assert.Equal(GroupState.PreparingRebalance, _bench.Machine.State);
        Assert.Equal(2, _bench.Joined(_bench.Join(leader, "a")).Members.Length);
        Assert.Equal(ErrorCode.None, _bench.Joined(successor).Error);
    }

    [Fact]
    public void A_change_of_the_chosen_protocol_needs_a_rebalance()
    {
        var first = _bench.Joined(_bench.Join(instance: "a", protocols: [("x", [1]), ("y", [2])])).MemberId;
        _bench.Settle(first);

        var joined = _bench.Join(instance: "a", protocols: [("y", [2]), ("x", [1])]);

        Assert.Equal((2, "y"), (_bench.Joined(joined).Generation, _bench.Joined(joined).Protocol));
    }

    [Fact]
    public void What_a_restarted_cooperative_member_had_still_to_give_up_is_handed_out()
    {
        var first = _bench.Joined(_bench.Join(instance: "a", protocols: ("range", Owning()))).MemberId;
        _bench.Sync(first, 1, "a", [(first, Assigned(0, 1))]);
        var second = _bench.Join(instance: "b", protocols: ("range", Owning()));
        _bench.Join(first, "a", protocols: ("range", Owning(0, 1)));
        var other = _bench.Joined(second).MemberId;
        _bench.Sync(first, 2, "a", [(first, Assigned(0)), (other, Assigned())]);
        _bench.Sync(other, 2, "b", []);

        // It ends before it joins again without partition 1.
        var restarted = _bench.Join(instance: "a", protocols: ("range", Owning()));

        Assert.Equal(ErrorCode.RebalanceInProgress, _bench.Heartbeat(other, 2, "b"));
        _bench.Join(other, "b", protocols: ("range", Owning()));
        Assert.Equal((ErrorCode.None, 3), (_bench.Joined(restarted).Error, _bench.Joined(restarted).Generation));
    }

    [Fact]
    public void A_replacement_that_cannot_be_written_is_refused()
    {
        StablePair();
        _bench.HoldsWrites = true;
        var join = _bench.Join(instance: "b");

        _bench.Finish(ErrorCode.NotEnoughReplicas);

        Assert.Equal((ErrorCode.CoordinatorNotAvailable, ""), (_bench.Joined(join).Error, _bench.Joined(join).MemberId));
        var again = _bench.Join(instance: "b");
        _bench.Finish();
        Assert.Equal(ErrorCode.None, _bench.Joined(again).Error);
    }

    [Fact]
    public void A_restart_between_join_and_assignment_needs_a_rebalance()
    {
        var first = _bench.Join(instance: "a");
        Assert.Equal(GroupState.CompletingRebalance, _bench.Machine.State);

        var second = _bench.Joined(_bench.Join(instance: "a"));

        Assert.Equal(2, second.Generation);
        Assert.NotEqual(_bench.Joined(first).MemberId, second.MemberId);
    }

    [Fact]
    public void Administrators_remove_static_members_by_instance()
    {
        var (leader, _) = StablePair();

        Assert.Equal(ErrorCode.None, _bench.Leave("", "b"));

        Assert.Equal(ErrorCode.RebalanceInProgress, _bench.Heartbeat(leader, 2, "a"));
        Assert.Equal(ErrorCode.UnknownMemberId, _bench.Leave("", "b"));
    }

    [Fact]
    public void A_static_member_that_is_late_stays_in_the_generation_until_its_session_ends()
    {
        var (leader, follower) = StablePair();
        var join = _bench.Join(leader, "a");
        for (var i = 0; i < 8; i++)
        {
            _bench.Pass(7_500);
            _bench.Heartbeat(follower, 2, "b");
        }

        Assert.Equal(2, _bench.Joined(join).Members.Length);
        Assert.Equal(3, _bench.Joined(join).Generation);
    }

    [Fact]
    public void Static_members_survive_the_coordinator()
    {
        var (_, follower) = StablePair();
        _bench.Fail();

        Assert.Equal(ErrorCode.None, _bench.Heartbeat(follower, 2, "b"));
        Assert.Equal(ErrorCode.None, _bench.Joined(_bench.Join(instance: "b")).Error);
        Assert.Equal(ErrorCode.FencedInstanceId, _bench.Heartbeat(follower, 2, "b"));
    }

    private static byte[] Assigned(params int[] partitions) => ConsumerSubscription.WriteAssignment(1, [("t", partitions)]);

    /// <summary>A subscription of version 1: topic "t", no user data, and what is owned.</summary>
    private static byte[] Owning(params int[] partitions) =>
        [0, 1, 0, 0, 0, 1, 0, 1, (byte)'t', 255, 255, 255, 255, .. Assigned(partitions)[2..^4]];

    private (string Leader, string Follower) StablePair()
    {
        var leader = _bench.Joined(_bench.Join(instance: "a")).MemberId;
        var second = _bench.Join(instance: "b");
        _bench.Join(leader, "a");
        var follower = _bench.Joined(second).MemberId;
        _bench.Settle(leader, follower);
        Assert.Equal((GroupState.Stable, 2), (_bench.Machine.State, _bench.Machine.Generation));
        return (leader, follower);
    }
}
