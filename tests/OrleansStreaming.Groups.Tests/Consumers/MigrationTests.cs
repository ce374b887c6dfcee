using OrleansStreaming.Contracts.Groups;
using OrleansStreaming.Groups.Machine;
using OrleansStreaming.Groups.Settings;
using OrleansStreaming.Groups.Tests.Machine;
using OrleansStreaming.Records.Errors;

namespace OrleansStreaming.Groups.Tests.Consumers;

public sealed class MigrationTests
{
    // Version 1, topic "t", no user data, nothing owned.
    private static readonly byte[] _subscription = [0, 1, 0, 0, 0, 1, 0, 1, (byte)'t', 255, 255, 255, 255, 0, 0, 0, 0];

    private readonly GroupBench _bench = New();

    [Fact]
    public void A_consumer_takes_a_classic_group_along_and_its_members_go_on()
    {
        var classic = StableClassic(_bench);
        _bench.Commit(classic, 1, 7);

        var joined = _bench.JoinConsumer("new");

        Assert.Equal((GroupType.Consumer, 2, 0), (_bench.Machine.Type, joined.MemberEpoch, joined.Of().Length));
        Assert.Equal(7, _bench.Committed());
        Assert.Equal(ErrorCode.GroupIdNotFound, _bench.Machine.Describe().Error);

        // The classic member, eager as it is, gives up everything by joining again.
        Assert.Equal(ErrorCode.RebalanceInProgress, _bench.Heartbeat(classic, 1));
        var rejoined = _bench.Joined(Join(_bench, classic));
        Assert.Equal((ErrorCode.None, 2, "range", ""), (rejoined.Error, rejoined.Generation, rejoined.Protocol, rejoined.Leader));
        var assigned = ConsumerSubscription.ReadAssignment(_bench.Synced(_bench.Sync(classic, 2)).Assignment)!;
        Assert.Equal(2, assigned.Length);
        Assert.Equal(ErrorCode.None, _bench.Heartbeat(classic, 2));
        Assert.Equal(2, _bench.Beat("new", 2).Of().Length);
        Assert.Equal([false, true], _bench.Machine.DescribeConsumers().Members.Select(member => member.IsClassic).Order());
    }

    [Fact]
    public void A_member_of_the_classic_protocol_that_does_not_join_again_is_removed()
    {
        var classic = StableClassic(_bench);
        _bench.JoinConsumer("new");
        for (var passed = 0; passed < GroupBench.Rebalance; passed += 5_000)
        {
            Assert.Equal(ErrorCode.RebalanceInProgress, _bench.Heartbeat(classic, 1));
            _bench.Beat("new", 2);
            _bench.Pass(5_000);
        }

        Assert.Equal(ErrorCode.UnknownMemberId, _bench.Heartbeat(classic, 1));
        Assert.Equal([0, 1, 2, 3], _bench.Beat("new", 2).Of());
    }

    [Fact]
    public void When_the_last_consumer_goes_the_group_is_a_classic_one_again()
    {
        var classic = StableClassic(_bench);
        _bench.JoinConsumer("new");
        _bench.Heartbeat(classic, 1);
        Join(_bench, classic);
        _bench.Sync(classic, 2);

        Assert.Equal(ErrorCode.None, _bench.BeatError("new", MemberEpochs.Leave));

        Assert.Equal((GroupType.Classic, GroupState.PreparingRebalance), (_bench.Machine.Type, _bench.Machine.State));
        Assert.Equal(ErrorCode.RebalanceInProgress, _bench.Heartbeat(classic, 2));
        var rejoined = _bench.Joined(Join(_bench, classic));
        Assert.Equal((3, classic), (rejoined.Generation, rejoined.Leader));
        _bench.Fail();
        Assert.Equal(GroupType.Classic, _bench.Machine.Type);
        Assert.Equal(classic, Assert.Single(_bench.Machine.Describe().Members).MemberId);
    }

    [Fact]
    public void An_empty_group_becomes_what_its_next_member_wants()
    {
        _bench.JoinConsumer("a");
        _bench.Commit("a", 1, 7, epochs: true);
        _bench.Beat("a", MemberEpochs.Leave);

        var classic = StableClassic(_bench);
        Assert.Equal((GroupType.Classic, 7), (_bench.Machine.Type, _bench.Committed()));
        _bench.Fail();
        Assert.Equal((GroupType.Classic, GroupState.Stable), (_bench.Machine.Type, _bench.Machine.State));

        _bench.Leave(classic);
        _bench.JoinConsumer("b");
        _bench.Fail();
        Assert.Equal((GroupType.Consumer, GroupState.Stable, 7), (_bench.Machine.Type, _bench.Machine.State, _bench.Committed()));
    }

    [Fact]
    public void Groups_of_other_types_and_against_the_policy_stay_classic()
    {
        var connect = New();
        connect.Join(type: "connect", protocols: ("default", _subscription));
        Assert.Equal(ErrorCode.GroupIdNotFound, connect.JoinConsumer("a").Error);

        var fixedGroup = New(new GroupSettings { InitialRebalanceDelayMs = 0, MayUpgrade = false });
        StableClassic(fixedGroup);
        Assert.Equal(ErrorCode.GroupIdNotFound, fixedGroup.JoinConsumer("a").Error);
        Assert.Equal(GroupType.Classic, fixedGroup.Machine.Type);
    }

    [Fact]
    public void Members_that_are_joining_a_classic_group_are_asked_to_join_again()
    {
        var classic = StableClassic(_bench);
        var waiting = Join(_bench, "");
        Assert.False(_bench.IsAnswered(waiting));

        _bench.JoinConsumer("new");

        Assert.Equal(ErrorCode.RebalanceInProgress, _bench.Joined(waiting).Error);
        Assert.Equal(ErrorCode.RebalanceInProgress, _bench.Heartbeat(classic, 1));
    }

    [Fact]
    public void A_static_member_comes_back_with_either_protocol()
    {
        _bench.JoinConsumer("a", instance: "i");
        _bench.JoinConsumer("b");
        _bench.Beat("a", MemberEpochs.LeaveForNow, instance: "i");

        var joined = _bench.Joined(_bench.Join(instance: "i", protocols: ("range", _subscription)));

        Assert.Equal(ErrorCode.None, joined.Error);
        Assert.Equal(2, ConsumerSubscription.ReadAssignment(_bench.Synced(_bench.Sync(joined.MemberId, joined.Generation, "i", [])).Assignment)!.Length);
        Assert.Equal([0, 1, 2, 3], _bench.Machine.DescribeConsumers().Members.SelectMany(member => member.Target.SelectMany(topic => topic.Partitions)).Order());
    }

    [Fact]
    public void A_static_member_that_ends_a_consumer_group_is_assigned_after_its_former_selfs_commits()
    {
        _bench.JoinConsumer("a", instance: "i");
        _bench.HoldsWrites = true;
        _bench.Commit("a", 1, 7, epochs: true);
        var joined = _bench.Joined(_bench.Join(instance: "i", protocols: ("range", _subscription)));
        Assert.Equal(GroupType.Classic, _bench.Machine.Type);

        // It would begin at a position that its former self has already gone beyond.
        Assert.Equal(ErrorCode.RebalanceInProgress, _bench.Synced(_bench.Sync(joined.MemberId, joined.Generation, "i", [])).Error);

        var again = _bench.Joined(_bench.Join(joined.MemberId, "i", protocols: ("range", _subscription)));
        Assert.Equal((joined.Generation + 1, joined.MemberId), (again.Generation, again.Leader));
        var sync = _bench.Sync(again.MemberId, again.Generation, "i", [(again.MemberId, ConsumerSubscription.WriteAssignment(1, [("t", [0, 1, 2, 3])]))]);
        while (!_bench.IsAnswered(sync))
        {
            _bench.Finish();
        }

        Assert.Equal(7, _bench.Committed());
    }

    [Fact]
    public void What_a_consumer_group_still_withheld_is_handed_out_when_it_ends()
    {
        var classic = StableClassic(_bench);
        _bench.JoinConsumer("new", instance: "i");
        Assert.Equal(ErrorCode.RebalanceInProgress, _bench.Heartbeat(classic, 1));

        // Half of the partitions are meant for the static member, and not free yet.
        var joined = _bench.Joined(_bench.Join(instance: "i", protocols: ("range", _subscription)));

        Assert.Equal((GroupType.Classic, GroupState.PreparingRebalance), (_bench.Machine.Type, _bench.Machine.State));
        var waiting = Join(_bench, classic);
        Assert.Equal(ErrorCode.None, _bench.Joined(_bench.Join(joined.MemberId, "i", protocols: ("range", _subscription))).Error);
        Assert.Equal((3, ErrorCode.None), (_bench.Machine.Generation, _bench.Joined(waiting).Error));
    }

    [Fact]
    public void A_member_that_was_forgotten_learns_that_it_has_lost_what_it_owned()
    {
        _bench.JoinConsumer("new");

        Assert.Equal(ErrorCode.UnknownMemberId, _bench.Joined(_bench.Join("forgotten", protocols: ("range", Owning(0, 1)))).Error);
        Assert.Equal(ErrorCode.None, _bench.Joined(Join(_bench, "forgotten")).Error);
    }

    [Fact]
    public void A_member_of_the_classic_protocol_commits_what_it_holds_and_nothing_that_it_still_believes_to_own()
    {
        var classic = StableClassic(_bench);
        _bench.JoinConsumer("new");
        Assert.All(Enumerable.Range(0, 4), partition => Assert.Equal(ErrorCode.None, CommitOf(classic, 1, partition)));

        // A cooperative member joins with all that it owns, and commits once more what it is told to give up.
        Assert.Equal(ErrorCode.None, _bench.Joined(_bench.Join(classic, protocols: ("range", Owning(0, 1, 2, 3)))).Error);
        Assert.All(Enumerable.Range(0, 4), partition => Assert.Equal(ErrorCode.None, CommitOf(classic, 1, partition)));
        var kept = ConsumerSubscription.ReadAssignment(_bench.Synced(_bench.Sync(classic, 1)).Assignment)!.Select(entry => entry.Partition).ToArray();
        Assert.Equal(2, kept.Length);

        var rejoined = _bench.Joined(_bench.Join(classic, protocols: ("range", Owning(kept))));
        Assert.Equal((ErrorCode.None, 2), (rejoined.Error, rejoined.Generation));
        Assert.All(
            Enumerable.Range(0, 4),
            partition => Assert.Equal(kept.Contains(partition) ? ErrorCode.None : ErrorCode.RebalanceInProgress, CommitOf(classic, 2, partition)));
    }

    private ErrorCode CommitOf(string member, int generation, int partition)
    {
        var result = _bench.Answer<OffsetsResult>(_bench.Commit(member, generation, 9, partition: partition));
        return result.Error is ErrorCode.None ? Assert.Single(result.PartitionErrors) : result.Error;
    }

    /// <summary>Version 1, topic "t", no user data, and what is owned.</summary>
    private static byte[] Owning(params int[] partitions) =>
        [.. _subscription[..^4], .. ConsumerSubscription.WriteAssignment(1, [("t", partitions)])[2..^4]];

    private static GroupBench New(GroupSettings? settings = null) => new GroupBench(settings).WithTopics(("t", 4));

    private static long Join(GroupBench bench, string member) => bench.Join(member, protocols: ("range", _subscription));

    private static string StableClassic(GroupBench bench)
    {
        var joined = bench.Joined(Join(bench, ""));
        bench.Sync(joined.MemberId, joined.Generation, (joined.MemberId, ConsumerSubscription.WriteAssignment(1, [("t", [0, 1, 2, 3])])));
        return joined.MemberId;
    }
}
