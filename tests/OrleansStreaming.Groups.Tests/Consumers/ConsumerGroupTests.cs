using OrleansStreaming.Contracts.Groups;
using OrleansStreaming.Groups.Settings;
using OrleansStreaming.Groups.Tests.Machine;
using OrleansStreaming.Records.Errors;

namespace OrleansStreaming.Groups.Tests.Consumers;

public sealed class ConsumerGroupTests
{
    private readonly GroupBench _bench = new GroupBench().WithTopics(("t", 4), ("u", 2));

    [Fact]
    public void The_first_member_gets_everything()
    {
        var joined = _bench.JoinConsumer("a");

        Assert.Equal((ErrorCode.None, "a", 1, 5_000), (joined.Error, joined.MemberId, joined.MemberEpoch, joined.HeartbeatIntervalMs));
        Assert.Equal([0, 1, 2, 3], joined.Of());
        Assert.Equal((GroupType.Consumer, GroupState.Stable), (_bench.Machine.Type, _bench.Machine.State));
        Assert.Null(_bench.Beat("a", 1).Assignment);
    }

    [Fact]
    public void A_member_without_an_id_is_given_one()
    {
        Assert.NotEqual("", _bench.JoinConsumer("").MemberId);
    }

    [Fact]
    public void A_partition_is_withheld_until_its_owner_has_let_go_of_it()
    {
        var all = _bench.JoinConsumer("a").Of();
        var second = _bench.JoinConsumer("b");
        Assert.Equal((2, 0), (second.MemberEpoch, second.Of().Length));
        Assert.Equal(GroupState.Reconciling, _bench.Machine.State);

        // Told what to keep, the old owner stays in its epoch until it has given up the rest.
        var told = _bench.Beat("a", 1, all);
        Assert.Equal((1, 2), (told.MemberEpoch, told.Of().Length));
        Assert.Null(_bench.Beat("a", 1).Assignment);
        Assert.Null(_bench.Beat("a", 1, all).Assignment);
        Assert.Null(_bench.Beat("b", 2).Assignment);

        Assert.Equal(2, _bench.Beat("a", 1, told.Of()).MemberEpoch);
        Assert.Equal(all.Except(told.Of()), _bench.Beat("b", 2).Of());
        Assert.Equal(GroupState.Stable, _bench.Machine.State);
    }

    [Fact]
    public void An_owner_that_does_not_let_go_in_time_is_removed()
    {
        _bench.JoinConsumer("a");
        _bench.JoinConsumer("b");
        Assert.NotNull(_bench.Beat("a", 1).Of());
        for (var i = 0; i < 5; i++)
        {
            _bench.Pass(10_000);
            _bench.Beat("a", 1);
            Assert.Null(_bench.Beat("b", 2).Assignment);
        }

        _bench.Pass(10_000);

        Assert.Equal(ErrorCode.UnknownMemberId, _bench.BeatError("a", 1));
        Assert.Equal([0, 1, 2, 3], _bench.Beat("b", 2).Of());
    }

    [Fact]
    public void A_member_that_is_silent_for_its_session_is_removed()
    {
        _bench.JoinConsumer("a");
        _bench.Pass(44_999);
        Assert.Equal(ErrorCode.None, _bench.BeatError("a", 1));

        _bench.Pass(45_000);

        Assert.Equal((GroupState.Empty, 2), (_bench.Machine.State, _bench.Machine.DescribeConsumers().GroupEpoch));
        Assert.Equal(ErrorCode.UnknownMemberId, _bench.BeatError("a", 1));
    }

    [Fact]
    public void Who_leaves_frees_its_partitions_at_once()
    {
        _bench.JoinConsumer("a");
        _bench.JoinConsumer("b");
        var left = _bench.Beat("a", MemberEpochs.Leave);

        Assert.Equal((ErrorCode.None, MemberEpochs.Leave), (left.Error, left.MemberEpoch));
        Assert.Equal([0, 1, 2, 3], _bench.Beat("b", 2).Of());
        Assert.Equal(ErrorCode.UnknownMemberId, _bench.BeatError("a", MemberEpochs.Leave));
    }

    [Fact]
    public void Epochs_fence_except_for_the_one_whose_answer_was_lost()
    {
        _bench.JoinConsumer("a");
        _bench.JoinConsumer("b");
        var kept = _bench.Beat("a", 1, [0, 1, 2, 3]).Of();
        Assert.Equal(2, _bench.Beat("a", 1, kept).MemberEpoch);

        Assert.Equal(2, _bench.Beat("a", 1, kept).MemberEpoch);
        Assert.Equal(ErrorCode.FencedMemberEpoch, _bench.BeatError("a", 1));
        Assert.Equal(ErrorCode.FencedMemberEpoch, _bench.BeatError("a", 1, [0, 1, 2, 3]));
        Assert.Equal(ErrorCode.FencedMemberEpoch, _bench.BeatError("a", 3));

        // Having given up everything it joins anew, under the same id.
        var again = _bench.JoinConsumer("a");
        Assert.Equal(2, again.MemberEpoch);
        Assert.Equal(kept, again.Of());
    }

    [Fact]
    public void A_static_member_that_goes_for_a_while_keeps_its_partitions()
    {
        _bench.JoinConsumer("a", instance: "i");
        _bench.JoinConsumer("b");
        var kept = _bench.Beat("a", 1, [0, 1, 2, 3], instance: "i").Of();
        _bench.Beat("a", 1, kept, instance: "i");
        Assert.Equal(ErrorCode.UnreleasedInstanceId, _bench.Beat("c", 0, instance: "i").Error);

        Assert.Equal(MemberEpochs.LeaveForNow, _bench.Beat("a", MemberEpochs.LeaveForNow, instance: "i").MemberEpoch);
        Assert.Empty(_bench.Beat("b", 2).Of().Intersect(kept));
        var back = _bench.JoinConsumer("c", instance: "i");

        Assert.Equal(2, back.MemberEpoch);
        Assert.Equal(kept, back.Of());
        Assert.Equal(ErrorCode.FencedInstanceId, _bench.BeatError("a", 2, instance: "i"));
        Assert.Equal(ErrorCode.UnknownMemberId, _bench.BeatError("d", 2, instance: "j"));
    }

    [Fact]
    public void A_static_member_that_stays_away_is_removed_at_the_end_of_its_session()
    {
        _bench.JoinConsumer("a", instance: "i");
        _bench.JoinConsumer("b");
        _bench.Beat("a", MemberEpochs.LeaveForNow, instance: "i");
        _bench.Pass(40_000);
        _bench.Beat("b", 2);

        _bench.Pass(10_000);

        Assert.Equal([0, 1, 2, 3], _bench.Beat("b", 2).Of());
    }

    [Fact]
    public void Expressions_follow_the_topics_that_come_and_go()
    {
        var joined = _bench.Beat("a", 0, regex: "t|v.*");
        Assert.Equal((4, 0), (joined.Of().Length, joined.Of("u").Length));

        _bench.WithTopics(("t", 4), ("u", 2), ("vw", 1));
        var more = _bench.Beat("a", 1);
        Assert.Equal((2, 1), (more.MemberEpoch, more.Of("v").Length));

        _bench.WithTopics(("t", 4));
        Assert.Equal((2, 4), _bench.Beat("a", 2, [0, 1, 2, 3]).Let(told => (told.MemberEpoch - 1, told.Of().Length)));
    }

    [Fact]
    public void New_partitions_are_assigned()
    {
        _bench.JoinConsumer("a");
        _bench.WithTopics(("t", 5));

        Assert.Equal([0, 1, 2, 3, 4], _bench.Beat("a", 1).Of());
    }

    [Theory]
    [InlineData("(a", null, ErrorCode.InvalidRegularExpression)]
    [InlineData("(a)\\1", null, ErrorCode.InvalidRegularExpression)]
    [InlineData("a(?=b)", null, ErrorCode.InvalidRegularExpression)]
    [InlineData("a)|(?:b", null, ErrorCode.InvalidRegularExpression)]
    [InlineData("(?P<name>a)", null, ErrorCode.None)]
    [InlineData(null, "range", ErrorCode.None)]
    [InlineData(null, "sticky", ErrorCode.UnsupportedAssignor)]
    [InlineData(null, "key-based", ErrorCode.UnsupportedAssignor)]
    public void Expressions_and_assignors_are_checked(string? regex, string? assignor, ErrorCode error)
    {
        Assert.Equal(error, _bench.Beat("a", 0, regex: regex, assignor: assignor).Error);
    }

    [Fact]
    public void Heartbeats_that_contradict_themselves_are_refused()
    {
        Assert.Equal(ErrorCode.InvalidRequest, _bench.BeatError("a", -3));
        Assert.Equal(ErrorCode.InvalidRequest, _bench.BeatError("", 1));
        Assert.Equal(ErrorCode.InvalidRequest, _bench.BeatError("a", 0, [1]));
        Assert.Equal(ErrorCode.InvalidRequest, _bench.BeatError("a", MemberEpochs.LeaveForNow));
        Assert.Equal(ErrorCode.UnknownMemberId, _bench.BeatError("a", 1));
    }

    [Fact]
    public void A_full_group_takes_no_more_members()
    {
        var bench = new GroupBench(new GroupSettings { ConsumerMaxSize = 1 }).WithTopics(("t", 1));
        bench.JoinConsumer("a");

        Assert.Equal(ErrorCode.GroupMaxSizeReached, bench.JoinConsumer("b").Error);
    }

    [Fact]
    public void A_broker_may_keep_to_the_classic_protocol()
    {
        var bench = new GroupBench(new GroupSettings { OffersConsumerProtocol = false }).WithTopics(("t", 1));

        Assert.Equal(ErrorCode.UnsupportedVersion, bench.JoinConsumer("a").Error);
        Assert.Equal(ErrorCode.None, bench.Beat("b", 0, native: true).Error);
    }

    [Fact]
    public void Commits_need_the_epoch_of_now()
    {
        _bench.JoinConsumer("a");
        Assert.Equal(ErrorCode.None, Commit("a", 1));
        Assert.Equal(ErrorCode.StaleMemberEpoch, Commit("a", 0));
        Assert.Equal(ErrorCode.UnknownMemberId, Commit("b", 1));
        Assert.Equal(ErrorCode.UnknownMemberId, Commit("", -1));
        Assert.Equal(ErrorCode.UnsupportedVersion, _bench.CommitError("a", 1, 5));
        Assert.Equal(ErrorCode.StaleMemberEpoch, _bench.Machine.FetchOffsets(null, "a", 3).Error);
        Assert.Equal(ErrorCode.UnknownMemberId, _bench.Machine.FetchOffsets(null, "b", 1).Error);
        Assert.Single(_bench.Machine.FetchOffsets(null, "a", 1).Offsets);

        _bench.Beat("a", MemberEpochs.Leave);
        Assert.Equal(ErrorCode.None, Commit("", -1));

        ErrorCode Commit(string member, int epoch) => _bench.Answer<OffsetsResult>(_bench.Commit(member, epoch, 5, epochs: true)).Error;
    }

    [Fact]
    public void Offsets_of_subscribed_topics_stay_and_those_of_others_may_go()
    {
        _bench.JoinConsumer("a");
        _bench.Commit("a", 1, 5, epochs: true);
        _bench.Commit("a", 1, 5, topic: "u", epochs: true);

        Assert.Equal([ErrorCode.GroupSubscribedToTopic], _bench.DeleteOffsets("t").PartitionErrors);
        Assert.Equal([ErrorCode.None], _bench.DeleteOffsets("u").PartitionErrors);
        Assert.Equal(ErrorCode.NonEmptyGroup, _bench.Delete());
    }

    [Fact]
    public void A_deleted_group_leaves_nothing()
    {
        _bench.JoinConsumer("a");
        _bench.Commit("a", 1, 5, epochs: true);
        _bench.Beat("a", MemberEpochs.Leave);

        Assert.Equal(ErrorCode.None, _bench.Delete());

        _bench.Fail();
        Assert.Equal((GroupState.Dead, GroupType.Classic), (_bench.Machine.State, _bench.Machine.Type));
        Assert.Equal(-1, _bench.Committed());
    }

    [Fact]
    public void Another_coordinator_goes_on_where_the_first_one_stood()
    {
        _bench.JoinConsumer("a", instance: "i");
        _bench.Beat("b", 0, regex: "t|u");
        var told = _bench.Beat("a", 1, [0, 1, 2, 3], instance: "i");
        var before = _bench.Machine.DescribeConsumers();

        _bench.Fail();

        var after = _bench.Machine.DescribeConsumers();
        Assert.Equal((before.State, before.GroupEpoch, before.AssignmentEpoch), (after.State, after.GroupEpoch, after.AssignmentEpoch));
        Assert.Equivalent(before.Members, after.Members, strict: true);
        Assert.Null(_bench.Beat("b", 2).Assignment);
        Assert.Equal(2, _bench.Beat("a", 1, told.Of(), instance: "i").MemberEpoch);
        Assert.Equal(new[] { 0, 1, 2, 3 }.Except(told.Of()), _bench.Beat("b", 2).Of());
        Assert.Equal(2, _bench.Machine.DescribeConsumers().GroupEpoch);
    }

    [Fact]
    public void Nobody_is_told_what_is_not_committed()
    {
        _bench.HoldsWrites = true;
        var join = _bench.SendBeat("a", 0);
        var second = _bench.SendBeat("b", 0);
        Assert.False(_bench.IsAnswered(join));

        _bench.Finish(ErrorCode.NotEnoughReplicas);
        Assert.Equal(ErrorCode.CoordinatorNotAvailable, _bench.Answer<ConsumerHeartbeatResult>(join).Error);
        Assert.Equal(ErrorCode.CoordinatorNotAvailable, _bench.Answer<ConsumerHeartbeatResult>(second).Error);

        // The next write carries what the failed one held.
        var again = _bench.SendBeat("b", 0);
        _bench.Finish();
        Assert.Equal(ErrorCode.None, _bench.Answer<ConsumerHeartbeatResult>(again).Error);
        _bench.Fail();
        Assert.Equal(["a", "b"], _bench.Machine.DescribeConsumers().Members.Select(member => member.MemberId).Order());
    }

    [Fact]
    public void Key_based_members_do_not_mix_with_others()
    {
        var joined = _bench.Beat("a", 0, assignor: AssignorNames.KeyBased, native: true);
        Assert.Equal(4 * KeySlots.PerPartition, joined.Of().Length);

        Assert.Equal(ErrorCode.InconsistentGroupProtocol, _bench.JoinConsumer("b").Error);
        Assert.Equal(ErrorCode.InconsistentGroupProtocol, _bench.Beat("a", 1, assignor: AssignorNames.Uniform).Error);
        var second = _bench.Beat("b", 0, assignor: AssignorNames.KeyBased, native: true);
        Assert.Equal((ErrorCode.None, 0), (second.Error, second.Of().Length));
        Assert.Equal(2 * KeySlots.PerPartition, _bench.Beat("a", 1, []).Of().Length);
        Assert.Equal(2 * KeySlots.PerPartition, _bench.Beat("b", 2).Of().Length);
    }
}
