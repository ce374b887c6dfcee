using OrleansStreaming.Contracts.Groups;
using OrleansStreaming.Records.Errors;

namespace OrleansStreaming.Groups.Tests.Machine;

public sealed class SyncTests
{
    private readonly GroupBench _bench = new();

    [Fact]
    public void The_assignment_is_handed_out_when_it_is_committed()
    {
        _bench.HoldsWrites = true;
        var id = _bench.Joined(_bench.Join()).MemberId;

        var sync = _bench.Sync(id, 1, (id, [42]));
        Assert.False(_bench.IsAnswered(sync));
        Assert.Equal(GroupState.CompletingRebalance, _bench.Machine.State);
        _bench.Finish();

        Assert.Equal([42], _bench.Synced(sync).Assignment);
        Assert.Equal(("consumer", "range"), (_bench.Synced(sync).ProtocolType, _bench.Synced(sync).Protocol));
        Assert.Equal(GroupState.Stable, _bench.Machine.State);
    }

    [Fact]
    public void Followers_wait_for_the_leader_and_late_ones_get_theirs_at_once()
    {
        var first = _bench.Joined(_bench.Join()).MemberId;
        var second = _bench.Join();
        _bench.Join(first);
        var follower = _bench.Joined(second).MemberId;
        var early = _bench.Sync(follower, 2);
        Assert.False(_bench.IsAnswered(early));

        _bench.Sync(first, 2, (first, [1]), (follower, [2]));

        Assert.Equal([2], _bench.Synced(early).Assignment);
        Assert.Equal([2], _bench.Synced(_bench.Sync(follower, 2)).Assignment);
    }

    [Fact]
    public void A_member_that_the_leader_forgot_gets_an_empty_assignment()
    {
        var ids = _bench.Stable(2);
        _bench.Join(ids[0]);
        _bench.Join(ids[1]);
        var follower = _bench.Sync(ids[1], 3);

        _bench.Sync(ids[0], 3, (ids[0], [1]));

        Assert.Equal((ErrorCode.None, 0), (_bench.Synced(follower).Error, _bench.Synced(follower).Assignment.Length));
    }

    [Fact]
    public void Zombies_and_strangers_get_no_assignment()
    {
        var ids = _bench.Stable(2);

        Assert.Equal(ErrorCode.IllegalGeneration, _bench.Synced(_bench.Sync(ids[0], 1)).Error);
        Assert.Equal(ErrorCode.UnknownMemberId, _bench.Synced(_bench.Sync("x", 2)).Error);
        _bench.Join(ids[0]);
        Assert.Equal(ErrorCode.RebalanceInProgress, _bench.Synced(_bench.Sync(ids[1], 2)).Error);
        Assert.Equal(ErrorCode.UnknownMemberId, new GroupBench().Let(bench => bench.Synced(bench.Sync("x", 1)).Error));
    }

    [Fact]
    public void A_rebalance_sends_those_who_wait_for_their_assignment_back()
    {
        _bench.Stable(1);
        var second = _bench.Join();
        Assert.False(_bench.IsAnswered(second));
        var first = _bench.Machine.Describe().Members[0].MemberId;
        _bench.Join(first);
        var follower = _bench.Joined(second).MemberId;
        var waiting = _bench.Sync(follower, 2);

        _bench.Join();

        Assert.Equal(ErrorCode.RebalanceInProgress, _bench.Synced(waiting).Error);
    }

    [Fact]
    public void A_failed_write_starts_the_rebalance_anew()
    {
        var id = _bench.Joined(_bench.Join()).MemberId;
        _bench.HoldsWrites = true;
        var sync = _bench.Sync(id, 1, (id, [1]));

        _bench.Finish(ErrorCode.NotEnoughReplicas);

        Assert.Equal(ErrorCode.CoordinatorNotAvailable, _bench.Synced(sync).Error);
        Assert.Equal(GroupState.PreparingRebalance, _bench.Machine.State);
    }

    [Fact]
    public void A_write_that_ends_in_another_generation_assigns_nothing()
    {
        var first = _bench.Joined(_bench.Join()).MemberId;
        _bench.HoldsWrites = true;
        var sync = _bench.Sync(first, 1, (first, [1]));
        var second = _bench.Join();
        Assert.Equal(ErrorCode.RebalanceInProgress, _bench.Synced(sync).Error);
        _bench.Join(first);
        Assert.Equal(2, _bench.Joined(second).Generation);

        _bench.Finish();

        Assert.Equal(GroupState.CompletingRebalance, _bench.Machine.State);
    }

    [Fact]
    public void The_leaders_repeated_sync_does_not_write_twice()
    {
        var id = _bench.Joined(_bench.Join()).MemberId;
        _bench.HoldsWrites = true;
        var first = _bench.Sync(id, 1, (id, [1]));
        var second = _bench.Sync(id, 1, (id, [1]));

        Assert.Single(_bench.Held);
        _bench.Finish();

        Assert.Equal(ErrorCode.RebalanceInProgress, _bench.Synced(first).Error);
        Assert.Equal([1], _bench.Synced(second).Assignment);
    }

    /// <summary>The member dies between its join and its sync.</summary>
    [Fact]
    public void A_leader_that_never_brings_the_assignment_is_removed()
    {
        var ids = _bench.Stable(2);
        _bench.Join(ids[0]);
        _bench.Join(ids[1]);
        var follower = _bench.Sync(ids[1], 3);

        _bench.Pass(GroupBench.Session);

        Assert.Equal(ErrorCode.RebalanceInProgress, _bench.Synced(follower).Error);
        var joined = _bench.Joined(_bench.Join(ids[1]));
        Assert.Equal((ids[1], 4), (joined.Leader, joined.Generation));
    }

    [Fact]
    public void A_member_that_only_heartbeats_and_never_syncs_is_removed_after_the_rebalance_timeout()
    {
        var ids = _bench.Stable(2);
        _bench.Join(ids[0]);
        _bench.Join(ids[1]);
        _bench.Sync(ids[0], 3, (ids[0], [1]));
        for (var i = 0; i < 12; i++)
        {
            Assert.Equal(ErrorCode.None, _bench.Heartbeat(ids[1], 3));
            Assert.Equal(ErrorCode.None, _bench.Heartbeat(ids[0], 3));
            _bench.Pass(5_000);
        }

        Assert.Equal(ErrorCode.UnknownMemberId, _bench.Heartbeat(ids[1], 3));
        Assert.Equal(ErrorCode.RebalanceInProgress, _bench.Heartbeat(ids[0], 3));
    }
}
