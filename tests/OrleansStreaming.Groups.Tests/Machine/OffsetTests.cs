using System.Buffers.Binary;
using System.Text;
using OrleansStreaming.Contracts.Groups;
using OrleansStreaming.Groups.Settings;
using OrleansStreaming.Records.Errors;

namespace OrleansStreaming.Groups.Tests.Machine;

public sealed class OffsetTests
{
    private const long Week = 7 * 24 * 3_600_000L;

    private readonly GroupBench _bench = new();

    [Fact]
    public void A_commit_is_seen_when_it_is_committed_and_not_before()
    {
        _bench.HoldsWrites = true;
        var commit = _bench.Commit("", -1, 5);
        Assert.False(_bench.IsAnswered(commit));
        Assert.Equal(-1, _bench.Committed());

        _bench.Finish();

        Assert.Equal([ErrorCode.None], _bench.Answer<OffsetsResult>(commit).PartitionErrors);
        Assert.Equal(5, _bench.Committed());
        Assert.Equal((GroupState.Empty, ""), (_bench.Machine.State, _bench.Machine.Summarize().ProtocolType));
    }

    [Fact]
    public void Commits_take_effect_in_the_order_of_the_log_whatever_order_they_end_in()
    {
        _bench.HoldsWrites = true;
        var first = _bench.Commit("", -1, 5);
        var second = _bench.Commit("", -1, 6);

        _bench.Finish(index: 1);
        Assert.False(_bench.IsAnswered(second));
        _bench.Finish();

        Assert.True(_bench.IsAnswered(first) && _bench.IsAnswered(second));
        Assert.Equal(6, _bench.Committed());
    }

    [Theory]
    [InlineData(ErrorCode.NotEnoughReplicas, ErrorCode.CoordinatorNotAvailable)]
    [InlineData(ErrorCode.NotCoordinator, ErrorCode.NotCoordinator)]
    [InlineData(ErrorCode.MessageTooLarge, ErrorCode.InvalidCommitOffsetSize)]
    public void A_commit_that_failed_says_what_to_do(ErrorCode append, ErrorCode told)
    {
        _bench.HoldsWrites = true;
        var commit = _bench.Commit("", -1, 5);

        _bench.Finish(append);

        Assert.Equal(told, _bench.Answer<OffsetsResult>(commit).Error);
        Assert.Equal(-1, _bench.Committed());
    }

    [Fact]
    public void Commits_are_fenced()
    {
        Assert.Equal(ErrorCode.GroupIdNotFound, _bench.CommitError("m", 1, 1));
        var ids = _bench.Stable(1);

        Assert.Equal(ErrorCode.None, _bench.CommitError(ids[0], 1, 1));
        Assert.Equal(ErrorCode.IllegalGeneration, _bench.CommitError(ids[0], 0, 1));
        Assert.Equal(ErrorCode.IllegalGeneration, _bench.CommitError(ids[0], -1, 1));
        Assert.Equal(ErrorCode.UnknownMemberId, _bench.CommitError("x", 1, 1));
        Assert.Equal(ErrorCode.UnknownMemberId, _bench.CommitError("", -1, 1));
        Assert.Equal(ErrorCode.UnknownMemberId, _bench.CommitError(ids[0], 1, 1, "instance"));
    }

    [Fact]
    public void A_member_may_commit_until_it_has_joined_the_next_generation()
    {
        var ids = _bench.Stable(2);
        _bench.Join(ids[0]);
        Assert.Equal(ErrorCode.None, _bench.CommitError(ids[1], 2, 1));

        _bench.Join(ids[1]);

        Assert.Equal(ErrorCode.IllegalGeneration, _bench.CommitError(ids[1], 2, 2));
        Assert.Equal(ErrorCode.RebalanceInProgress, _bench.CommitError(ids[1], 3, 2));
        Assert.Equal(1, _bench.Committed());
    }

    [Fact]
    public void A_commit_from_outside_is_taken_while_the_group_is_empty()
    {
        var ids = _bench.Stable(1);
        _bench.CommitError(ids[0], 1, 10);
        _bench.Leave(ids[0]);

        Assert.Equal(ErrorCode.None, _bench.CommitError("", -1, 3));

        Assert.Equal(3, _bench.Committed());
    }

    [Fact]
    public void Long_metadata_is_refused_by_itself_and_counts_characters_not_bytes()
    {
        var commit = _bench.Commit("", -1, 1, metadata: new string('é', 4_097));
        Assert.Equal([ErrorCode.OffsetMetadataTooLarge], _bench.Answer<OffsetsResult>(commit).PartitionErrors);
        Assert.Equal(GroupState.Dead, _bench.Machine.State);

        _bench.Commit("", -1, 1, metadata: new string('é', 4_096));
        Assert.Equal(1, _bench.Committed());
    }

    [Fact]
    public void Offsets_survive_the_coordinator()
    {
        _bench.Commit("", -1, 5, "a", 3, metadata: "here");
        _bench.Commit("", -1, 6, "b");

        _bench.Fail();

        Assert.Equal((5, 6), (_bench.Committed("a", 3), _bench.Committed("b")));
        Assert.Equal(GroupState.Empty, _bench.Machine.State);
    }

    [Fact]
    public void Offsets_of_an_abandoned_group_expire_with_the_group()
    {
        var ids = _bench.Stable(1);
        _bench.CommitError(ids[0], 1, 5);
        _bench.Leave(ids[0]);
        _bench.Pass(Week - 1);
        _bench.Expire();
        Assert.Equal(5, _bench.Committed());

        _bench.Pass(1);
        _bench.Expire();

        Assert.Equal((-1, GroupState.Dead), (_bench.Committed(), _bench.Machine.State));
        Assert.Equal(GroupMetadataChange.Remove, _bench.Log[^1].MetadataChange);
    }

    [Fact]
    public void Offsets_of_a_living_group_expire_only_in_topics_nobody_reads()
    {
        var metadata = Subscription("t");
        var id = _bench.Joined(_bench.Join(protocols: ("range", metadata))).MemberId;
        _bench.Settle(id);
        _bench.Commit(id, 1, 5, "t");
        _bench.Commit(id, 1, 6, "other");
        for (var passed = 0L; passed <= Week; passed += 9_000)
        {
            _bench.Heartbeat(id, 1);
            _bench.Pass(9_000);
        }

        _bench.Expire();

        Assert.Equal((5, -1), (_bench.Committed("t"), _bench.Committed("other")));
    }

    [Fact]
    public void Offsets_committed_from_outside_expire_by_their_own_age()
    {
        _bench.Commit("", -1, 1, "a");
        _bench.Pass(Week - 1);
        _bench.Commit("", -1, 2, "b");
        _bench.Pass(1);

        _bench.Expire();

        Assert.Equal((-1, 2), (_bench.Committed("a"), _bench.Committed("b")));
    }

    [Fact]
    public void A_retention_asked_for_by_an_old_client_counts()
    {
        _bench.Commit("", -1, 1, retention: 1_000);
        _bench.Expire();
        Assert.Equal(1, _bench.Committed());
        _bench.Pass(1_000);

        _bench.Expire();

        Assert.Equal(-1, _bench.Committed());
    }

    [Fact]
    public void Groups_with_members_cannot_be_deleted()
    {
        Assert.Equal(ErrorCode.GroupIdNotFound, _bench.Delete());
        var ids = _bench.Stable(1);
        _bench.CommitError(ids[0], 1, 5);
        Assert.Equal(ErrorCode.NonEmptyGroup, _bench.Delete());
        _bench.Leave(ids[0]);

        Assert.Equal(ErrorCode.None, _bench.Delete());

        Assert.Equal((-1, GroupState.Dead), (_bench.Committed(), _bench.Machine.State));
        Assert.Equal(ErrorCode.GroupIdNotFound, _bench.Delete());
        _bench.Fail();
        Assert.Equal(GroupState.Dead, _bench.Machine.State);
    }

    [Fact]
    public void A_commit_on_its_way_is_among_what_is_deleted()
    {
        _bench.Commit("", -1, 1, "a");
        _bench.HoldsWrites = true;
        _bench.Commit("", -1, 2, "b");
        _bench.Machine.Delete(1_000, _bench.Now);
        Assert.Single(_bench.Held);

        _bench.Finish();
        _bench.Finish();

        Assert.Equal(ErrorCode.None, _bench.Answer<ErrorCode>(1_000));
        Assert.Equal(GroupState.Dead, _bench.Machine.State);
        Assert.Equal(2, _bench.Log[^1].Offsets.Length);
    }

    [Fact]
    public void Members_that_come_while_the_group_is_deleted_keep_it()
    {
        _bench.Commit("", -1, 1);
        _bench.HoldsWrites = true;
        _bench.Machine.Delete(1_000, _bench.Now);
        var join = _bench.Join();

        _bench.Finish();

        Assert.Equal(ErrorCode.None, _bench.Joined(join).Error);
        Assert.Equal((GroupState.CompletingRebalance, -1), (_bench.Machine.State, _bench.Committed()));
    }

    [Fact]
    public void Offsets_are_deleted_unless_somebody_reads_the_topic()
    {
        Assert.Equal(ErrorCode.GroupIdNotFound, _bench.DeleteOffsets("t").Error);
        var id = _bench.Joined(_bench.Join(protocols: ("range", Subscription("t")))).MemberId;
        _bench.Settle(id);
        _bench.Commit(id, 1, 5, "t");
        _bench.Commit(id, 1, 6, "old");

        Assert.Equal([ErrorCode.GroupSubscribedToTopic], _bench.DeleteOffsets("t").PartitionErrors);
        Assert.Equal([ErrorCode.None], _bench.DeleteOffsets("old").PartitionErrors);
        Assert.Equal((5, -1), (_bench.Committed("t"), _bench.Committed("old")));
        _bench.Leave(id);
        Assert.Equal([ErrorCode.None], _bench.DeleteOffsets("t").PartitionErrors);
        Assert.Equal(-1, _bench.Committed("t"));
    }

    [Fact]
    public void Offsets_of_a_living_group_of_another_type_are_not_deleted()
    {
        _bench.Join(type: "connect");

        Assert.Equal(ErrorCode.NonEmptyGroup, _bench.DeleteOffsets("t").Error);
    }

    [Fact]
    public void A_group_that_nobody_joined_after_all_leaves_nothing_behind()
    {
        var bench = new GroupBench(new GroupSettings { InitialRebalanceDelayMs = 0 });
        bench.Join(knownId: true);
        bench.Pass(GroupBench.Session);

        bench.Expire();

        Assert.Equal((GroupState.Dead, 0), (bench.Machine.State, bench.Log.Count));
    }

    [Fact]
    public void Positions_go_with_their_topic()
    {
        _bench.Commit("", -1, 1, "gone");
        _bench.Commit("", -1, 2, "there");

        _bench.Machine.ForgetTopics(["gone"], _bench.Now);
        _bench.Finish();

        Assert.Equal((-1, 2), (_bench.Committed("gone"), _bench.Committed("there")));
    }

    private static byte[] Subscription(params string[] topics)
    {
        using var bytes = new MemoryStream();
        Span<byte> number = stackalloc byte[4];
        bytes.Write([0, 1]);
        BinaryPrimitives.WriteInt32BigEndian(number, topics.Length);
        bytes.Write(number);
        foreach (var topic in topics)
        {
            BinaryPrimitives.WriteInt16BigEndian(number, (short)topic.Length);
            bytes.Write(number[..2]);
            bytes.Write(Encoding.UTF8.GetBytes(topic));
        }

        return bytes.ToArray();
    }
}
