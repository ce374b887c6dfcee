using OrleansStreaming.Contracts.Groups;
using OrleansStreaming.Records.Errors;

namespace OrleansStreaming.Groups.Tests.Machine;

public sealed class SessionTests
{
    private readonly GroupBench _bench = new();

    [Fact]
    public void Heartbeats_are_fenced()
    {
        Assert.Equal(ErrorCode.UnknownMemberId, _bench.Heartbeat("x", 1));
        var ids = _bench.Stable(1);
        Assert.Equal(ErrorCode.None, _bench.Heartbeat(ids[0], 1));
        Assert.Equal(ErrorCode.IllegalGeneration, _bench.Heartbeat(ids[0], 0));
        Assert.Equal(ErrorCode.IllegalGeneration, _bench.Heartbeat(ids[0], 2));
        Assert.Equal(ErrorCode.UnknownMemberId, _bench.Heartbeat("x", 1));
    }

    [Fact]
    public void A_silent_member_is_removed_after_its_session_and_not_before()
    {
        var ids = _bench.Stable(2);
        _bench.Pass(GroupBench.Session - 1);
        Assert.Equal(ErrorCode.None, _bench.Heartbeat(ids[0], 2));
        Assert.Equal(GroupState.Stable, _bench.Machine.State);

        _bench.Pass(1);

        Assert.Equal(ErrorCode.RebalanceInProgress, _bench.Heartbeat(ids[0], 2));
        Assert.Equal(ErrorCode.UnknownMemberId, _bench.Heartbeat(ids[1], 2));
    }

    [Fact]
    public void Heartbeats_and_commits_keep_a_session()
    {
        var ids = _bench.Stable(1);
        for (var i = 0; i < 10; i++)
        {
            _bench.Pass(GroupBench.Session - 1);
            Assert.Equal(ErrorCode.None, i % 2 == 0 ? _bench.Heartbeat(ids[0], 1) : _bench.CommitError(ids[0], 1, i));
        }
    }

    [Fact]
    public void A_member_that_waits_in_a_join_is_alive()
    {
        var ids = _bench.Stable(2);
        var waiting = _bench.Join(ids[0]);
        for (var i = 0; i < 5; i++)
        {
            _bench.Heartbeat(ids[1], 2);
            _bench.Pass(8_000);
        }

        Assert.False(_bench.IsAnswered(waiting));
        _bench.Join(ids[1]);
        Assert.Equal(2, _bench.Joined(waiting).Members.Length);
        Assert.Equal(ErrorCode.None, _bench.Heartbeat(ids[0], 3));
    }

    [Fact]
    public void The_last_member_leaving_empties_the_group_and_that_is_written()
    {
        var ids = _bench.Stable(1);

        Assert.Equal(ErrorCode.None, _bench.Leave(ids[0]));

        Assert.Equal(GroupState.Empty, _bench.Machine.State);
        var written = _bench.Log[^1].Metadata!;
        Assert.Equal((2, null, null, 0, "consumer"), (written.Generation, written.Protocol, written.Leader, written.Members.Length, written.ProtocolType));
        Assert.Equal(_bench.Now.UnixMs, written.StateTimestamp);
    }

    [Fact]
    public void Leaving_makes_the_others_rebalance()
    {
        var ids = _bench.Stable(2);

        Assert.Equal(ErrorCode.None, _bench.Leave(ids[0]));

        Assert.Equal(ErrorCode.RebalanceInProgress, _bench.Heartbeat(ids[1], 2));
        Assert.Equal(ids[1], _bench.Joined(_bench.Join(ids[1])).Leader);
    }

    [Fact]
    public void Leaving_in_a_rebalance_lets_it_go_on()
    {
        var ids = _bench.Stable(2);
        var waiting = _bench.Join(ids[0]);

        _bench.Leave(ids[1]);

        Assert.Equal(3, _bench.Joined(waiting).Generation);
    }

    [Fact]
    public void Who_is_not_there_cannot_leave()
    {
        Assert.Equal(ErrorCode.UnknownMemberId, _bench.Leave("x"));
        _bench.Stable(1);
        Assert.Equal(ErrorCode.UnknownMemberId, _bench.Leave("x"));
        Assert.Equal(ErrorCode.UnknownMemberId, _bench.Leave("", "no-such-instance"));
        Assert.Equal(GroupState.Stable, _bench.Machine.State);
    }

    [Fact]
    public void An_id_that_was_given_out_can_leave_without_a_rebalance()
    {
        _bench.Stable(1);
        var pending = _bench.Joined(_bench.Join(knownId: true)).MemberId;

        Assert.Equal(ErrorCode.None, _bench.Leave(pending));

        Assert.Equal(GroupState.Stable, _bench.Machine.State);
        Assert.Equal(ErrorCode.UnknownMemberId, _bench.Joined(_bench.Join(pending)).Error);
    }

    [Fact]
    public void A_new_coordinator_keeps_members_assignments_and_sessions()
    {
        var ids = _bench.Stable(2);

        _bench.Fail();

        Assert.Equal(GroupState.Stable, _bench.Machine.State);
        Assert.Equal(ErrorCode.None, _bench.Heartbeat(ids[0], 2));
        Assert.Equal([1], _bench.Synced(_bench.Sync(ids[1], 2)).Assignment);
        _bench.Pass(GroupBench.Session - 1);
        _bench.Heartbeat(ids[0], 2);
        _bench.Pass(1);
        Assert.Equal(ErrorCode.UnknownMemberId, _bench.Heartbeat(ids[1], 2));
        Assert.Equal(ids[0], _bench.Joined(_bench.Join(ids[0])).Leader);
    }

    [Fact]
    public void A_new_coordinator_does_not_take_a_used_generation_again()
    {
        var ids = _bench.Stable(1);
        _bench.Leave(ids[0]);
        _bench.Fail();

        Assert.Equal(3, _bench.Joined(_bench.Join()).Generation);
    }

    [Fact]
    public void Descriptions_show_members_but_metadata_only_of_a_stable_group()
    {
        var ids = _bench.Stable(1);
        var stable = _bench.Machine.Describe();
        Assert.Equal((GroupState.Stable, "consumer", "range"), (stable.State, stable.ProtocolType, stable.Protocol));
        var member = Assert.Single(stable.Members);
        Assert.Equal((ids[0], "c", "/127.0.0.1"), (member.MemberId, member.ClientId, member.ClientHost));
        Assert.Equal([1], member.Metadata);
        Assert.Equal([0], member.Assignment);

        _bench.Join();

        Assert.All(_bench.Machine.Describe().Members, other => Assert.Empty(other.Metadata));
        Assert.Equal(GroupState.PreparingRebalance, _bench.Machine.Summarize().State);
    }
}
