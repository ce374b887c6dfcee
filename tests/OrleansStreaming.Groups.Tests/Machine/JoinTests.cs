using OrleansStreaming.Contracts.Groups;
using OrleansStreaming.Groups.Settings;
using OrleansStreaming.Records.Errors;

namespace OrleansStreaming.Groups.Tests.Machine;

public sealed class JoinTests
{
    private readonly GroupBench _bench = new();

    [Fact]
    public void The_first_member_leads_the_first_generation()
    {
        var joined = _bench.Joined(_bench.Join());

        Assert.Equal((ErrorCode.None, 1, "range", "consumer"), (joined.Error, joined.Generation, joined.Protocol, joined.ProtocolType));
        Assert.Equal(joined.MemberId, joined.Leader);
        Assert.StartsWith("c-", joined.MemberId, StringComparison.Ordinal);
        Assert.Equal(joined.MemberId, Assert.Single(joined.Members).MemberId);
        Assert.Equal(GroupState.CompletingRebalance, _bench.Machine.State);
    }

    [Fact]
    public void An_empty_group_waits_for_more_members_and_again_while_they_come()
    {
        var bench = new GroupBench(new GroupSettings { InitialRebalanceDelayMs = 3_000 });
        var first = bench.Join();
        bench.Pass(2_000);
        var second = bench.Join();
        bench.Pass(1_000);
        Assert.False(bench.IsAnswered(first));

        bench.Pass(3_000);

        Assert.Equal((1, 1), (bench.Joined(first).Generation, bench.Joined(second).Generation));
        Assert.Equal(2, bench.Joined(first).Members.Length);
        Assert.Empty(bench.Joined(second).Members);
    }

    [Fact]
    public void The_initial_wait_ends_with_the_rebalance_timeout()
    {
        var bench = new GroupBench(new GroupSettings { InitialRebalanceDelayMs = 25_000 });
        var first = bench.Join();
        for (var i = 0; i < 5; i++)
        {
            bench.Pass(12_000);
            bench.Join();
        }

        Assert.True(bench.IsAnswered(first));
    }

    [Fact]
    public void A_new_dynamic_member_gets_its_id_first()
    {
        var refused = _bench.Joined(_bench.Join(knownId: true));
        Assert.Equal(ErrorCode.MemberIdRequired, refused.Error);
        Assert.Equal(GroupState.Empty, _bench.Machine.State);

        var joined = _bench.Joined(_bench.Join(refused.MemberId, knownId: true));

        Assert.Equal((ErrorCode.None, refused.MemberId), (joined.Error, joined.MemberId));
    }

    [Fact]
    public void An_id_that_nobody_comes_with_lapses_and_does_not_hold_up_the_others()
    {
        var ids = _bench.Stable(1);
        var pending = _bench.Joined(_bench.Join(knownId: true)).MemberId;
        var rejoin = _bench.Join(ids[0]);
        Assert.False(_bench.IsAnswered(rejoin));

        _bench.Pass(GroupBench.Session);

        Assert.Equal(2, _bench.Joined(rejoin).Generation);
        Assert.Equal(ErrorCode.UnknownMemberId, _bench.Joined(_bench.Join(pending)).Error);
    }

    [Theory]
    [InlineData(5_999)]
    [InlineData(1_800_001)]
    public void Session_timeouts_have_bounds(int session) =>
        Assert.Equal(ErrorCode.InvalidSessionTimeout, _bench.Joined(_bench.Join(session: session)).Error);

    [Fact]
    public void A_member_id_from_nowhere_is_unknown()
    {
        Assert.Equal(ErrorCode.UnknownMemberId, _bench.Joined(_bench.Join("x")).Error);
        Assert.Equal(GroupState.Dead, _bench.Machine.State);
        _bench.Stable(1);
        Assert.Equal(ErrorCode.UnknownMemberId, _bench.Joined(_bench.Join("x")).Error);
    }

    [Fact]
    public void Another_protocol_type_or_no_common_protocol_is_inconsistent()
    {
        _bench.Stable(1);

        Assert.Equal(ErrorCode.InconsistentGroupProtocol, _bench.Joined(_bench.Join(type: "connect")).Error);
        Assert.Equal(ErrorCode.InconsistentGroupProtocol, _bench.Joined(_bench.Join(protocols: ("sticky", []))).Error);
        Assert.Equal(ErrorCode.InconsistentGroupProtocol, _bench.Joined(_bench.Join(type: "")).Error);
    }

    [Fact]
    public void Any_protocol_type_can_form_a_group()
    {
        var joined = _bench.Joined(_bench.Join(type: "sr", protocols: ("v0", [7, 8])));

        Assert.Equal(("sr", "v0"), (joined.ProtocolType, joined.Protocol));
        Assert.Equal([7, 8], joined.Members[0].Metadata);
    }

    [Fact]
    public void Most_members_first_choice_among_the_common_protocols_wins()
    {
        var bench = new GroupBench(new GroupSettings { InitialRebalanceDelayMs = 1_000 });
        bench.Join(protocols: [("only-mine", []), ("a", [1]), ("b", [2])]);
        bench.Join(protocols: [("b", [3]), ("a", [4])]);
        var third = bench.Join(protocols: [("b", [5]), ("a", [6])]);

        bench.Pass(5_000);

        Assert.Equal("b", bench.Joined(third).Protocol);
    }

    [Fact]
    public void A_group_takes_no_more_than_its_maximum()
    {
        var bench = new GroupBench(new GroupSettings { InitialRebalanceDelayMs = 0, MaxSize = 1 });
        var ids = bench.Stable(1);

        Assert.Equal(ErrorCode.GroupMaxSizeReached, bench.Joined(bench.Join()).Error);
        Assert.Equal(ErrorCode.None, bench.Heartbeat(ids[0], 1));
        Assert.Equal(ErrorCode.None, bench.Joined(bench.Join(ids[0])).Error);
    }

    [Fact]
    public void Only_the_leader_or_a_change_starts_another_generation()
    {
        var ids = _bench.Stable(2);
        var generation = _bench.Machine.Generation;

        var follower = _bench.Joined(_bench.Join(ids[1]));
        Assert.Equal((generation, 0), (follower.Generation, follower.Members.Length));
        Assert.Equal(GroupState.Stable, _bench.Machine.State);

        _bench.Join(ids[1], protocols: ("range", [9]));
        Assert.Equal(GroupState.PreparingRebalance, _bench.Machine.State);
    }

    [Fact]
    public void The_leader_joining_again_starts_another_generation()
    {
        var ids = _bench.Stable(2);

        var leader = _bench.Join(ids[0]);

        Assert.Equal(GroupState.PreparingRebalance, _bench.Machine.State);
        Assert.Equal(ErrorCode.RebalanceInProgress, _bench.Heartbeat(ids[1], _bench.Machine.Generation));
        _bench.Join(ids[1]);
        Assert.Equal(3, _bench.Joined(leader).Generation);
    }

    [Fact]
    public void A_lost_join_answer_can_be_asked_for_again_before_the_assignment()
    {
        var first = _bench.Joined(_bench.Join());

        var again = _bench.Joined(_bench.Join(first.MemberId));

        Assert.Equal((first.Generation, first.Leader, 1), (again.Generation, again.Leader, again.Members.Length));
    }

    [Fact]
    public void A_repeated_join_takes_the_place_of_the_one_that_waits()
    {
        var ids = _bench.Stable(2);
        var first = _bench.Join(ids[0]);

        var second = _bench.Join(ids[0]);

        Assert.Equal(ErrorCode.RebalanceInProgress, _bench.Joined(first).Error);
        Assert.False(_bench.IsAnswered(second));
    }

    [Fact]
    public void Members_that_do_not_come_back_in_time_are_left_behind()
    {
        var ids = _bench.Stable(2);
        var leader = _bench.Join(ids[0]);
        for (var i = 0; i < 8; i++)
        {
            _bench.Pass(7_500);
            _bench.Heartbeat(ids[1], 2);
        }

        var joined = _bench.Joined(leader);
        Assert.Equal(ids[0], Assert.Single(joined.Members).MemberId);
        Assert.Equal(ErrorCode.UnknownMemberId, _bench.Heartbeat(ids[1], 2));
    }

    [Fact]
    public void A_leader_that_does_not_come_back_is_replaced()
    {
        var ids = _bench.Stable(2);
        var follower = _bench.Join(ids[1], protocols: ("range", [9]));

        _bench.Pass(GroupBench.Session);

        Assert.Equal(ids[1], _bench.Joined(follower).Leader);
    }

    /// <summary>KAFKA-9752: a new member that never got its id must not hold the group up for ever.</summary>
    [Fact]
    public void A_new_member_that_gave_up_lapses_while_it_joins()
    {
        var ids = _bench.Stable(1);
        var ghost = _bench.Join();
        for (var i = 0; i < 60; i++)
        {
            // The old member keeps its session but does not join before the rebalance timeout removes it.
            _bench.Heartbeat(ids[0], 1);
            _bench.Pass(5_000);
        }

        Assert.Equal(2, _bench.Joined(ghost).Generation);
        _bench.Pass(GroupBench.Rebalance);
        Assert.Equal(GroupState.Empty, _bench.Machine.State);
    }

    [Fact]
    public void A_new_member_waits_no_longer_than_the_new_member_timeout()
    {
        var bench = new GroupBench(new GroupSettings { InitialRebalanceDelayMs = 0, NewMemberJoinTimeoutMs = 20_000 });
        var ids = bench.Stable(1);
        var ghost = bench.Join();
        bench.Heartbeat(ids[0], 1);
        bench.Pass(9_000);
        bench.Heartbeat(ids[0], 1);
        bench.Pass(9_000);
        bench.Heartbeat(ids[0], 1);

        bench.Pass(2_000);

        Assert.Equal((ErrorCode.UnknownMemberId, ""), (bench.Joined(ghost).Error, bench.Joined(ghost).MemberId));
        var rejoin = bench.Join(ids[0]);
        Assert.Equal(ids[0], Assert.Single(bench.Joined(rejoin).Members).MemberId);
    }
}
