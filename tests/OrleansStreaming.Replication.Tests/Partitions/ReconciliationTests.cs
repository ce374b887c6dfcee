using OrleansStreaming.Contracts.Replication;
using OrleansStreaming.Records.Errors;
using OrleansStreaming.Records.Ids;
using OrleansStreaming.Replication.Partitions;
using OrleansStreaming.Replication.Tests.Support;

namespace OrleansStreaming.Replication.Tests.Partitions;

/// <summary>A leader and a follower whose logs differ come to the same log, and nothing committed is cut (KIP-101, KIP-279, KIP-320).</summary>
public sealed class ReconciliationTests
{
    private static readonly int[] _both = [1, 2];

    [Fact]
    public void An_empty_follower_gets_everything()
    {
        var (leader, follower) = Pair(Log((0, "a"), (0, "b"), (1, "c")), new MemoryLog(), epoch: 2);
        leader.Append("d");
        leader.Replicate(follower);
        AssertSame(leader, follower);
        Assert.Equal(new Offset(4), leader.Machine.HighWatermark);
    }

    [Fact]
    public void A_follower_that_already_has_the_same_log_needs_one_probe()
    {
        var (leader, follower) = Pair(Log((0, "a"), (1, "b")), Log((0, "a"), (1, "b")), epoch: 2);
        Assert.Equal(1, leader.Replicate(follower));
        Assert.Equal(FollowerPhase.Streaming, leader.Stream(2).Phase);
        Assert.Equal(new Offset(2), leader.Machine.HighWatermark);
    }

    // KIP-101: a follower that restarts must not cut to its own high watermark, which is always behind.
    [Fact]
    public void What_was_committed_but_not_yet_told_survives_a_restart_and_a_change_of_leaders()
    {
        var (leader, follower) = Pair(Log((0, "a")), Log((0, "a")), epoch: 1);
        leader.Append("m");
        leader.Replicate(follower);
        Assert.Equal(new Offset(2), leader.Machine.HighWatermark);
        Assert.Equal(new Offset(1), follower.Machine.HighWatermark);

        var restarted = new MachineHost(2, follower.Log, brokerEpoch: 2).Assign(2, 2, 2, _both, _both);
        Assert.Equal(new Offset(2), restarted.Log.LogEnd);
        restarted.Replicate(leader.Assign(2, 2, 2, _both, _both));
        Assert.Equal(new Offset(2), restarted.Machine.HighWatermark);
    }

    // KIP-101, second scenario: two logs of the same length whose last records were written by different leaders.
    [Fact]
    public void Logs_of_the_same_length_but_of_different_epochs_are_told_apart()
    {
        var (leader, follower) = Pair(Log((0, "a"), (2, "x")), Log((0, "a"), (1, "y")), epoch: 3);
        leader.Replicate(follower);
        AssertSame(leader, follower);
    }

    // KIP-279: after two fast changes of leaders the last epoch of the one is unknown to the other, more than once.
    [Fact]
    public void Epochs_that_only_one_side_knows_are_walked_back_to_the_last_common_one()
    {
        var (leader, follower) = Pair(
            Log((0, "a"), (2, "c"), (2, "d"), (5, "g")),
            Log((0, "a"), (1, "b"), (3, "e"), (4, "f"), (4, "h"), (4, "i")),
            epoch: 6);
        leader.Replicate(follower);
        AssertSame(leader, follower);
    }

    [Fact]
    public void A_follower_that_ran_ahead_in_a_common_epoch_is_cut_to_the_leaders_end_of_it()
    {
        var (leader, follower) = Pair(Log((1, "a"), (1, "b")), Log((1, "a"), (1, "b"), (1, "lost")), epoch: 2);
        leader.Replicate(follower);
        AssertSame(leader, follower);
    }

    [Fact]
    public void A_leader_epoch_without_records_does_not_matter()
    {
        var (leader, follower) = Pair(Log((0, "a")), Log((0, "a")), epoch: 1);
        leader.Replicate(follower);
        leader.Assign(1, 4, 4, _both, _both);
        Assert.Equal(1, leader.Replicate(follower));
        leader.Append("b");
        leader.Replicate(follower);
        AssertSame(leader, follower);
        Assert.Equal(new LeaderEpoch(4), follower.Log.LastEpoch);
    }

    [Fact]
    public void A_follower_that_ends_before_the_leader_begins_starts_anew_there()
    {
        var log = Log((0, "a"), (0, "b"), (1, "c"), (1, "d"));
        log.AdvanceLogStart(new Offset(3));
        var (leader, follower) = Pair(log, Log((0, "a")), epoch: 2);
        leader.Replicate(follower);
        AssertSame(leader, follower);
        Assert.Equal(new Offset(3), follower.Log.LogStart);
    }

    [Fact]
    public void Where_retention_emptied_one_side_only_the_rest_is_streamed()
    {
        var emptied = Log((0, "a"), (0, "b"));
        emptied.AdvanceLogStart(new Offset(2));
        var (leader, follower) = Pair(Log((0, "a"), (0, "b")), emptied, epoch: 1);
        leader.Append("c");
        leader.Replicate(follower);
        Assert.Equal(["c"], Values(follower));
        Assert.Equal(new Offset(2), follower.Log.LogStart);

        var emptiedLeader = Log((0, "a"), (0, "b"));
        emptiedLeader.AdvanceLogStart(new Offset(2));
        (leader, follower) = Pair(emptiedLeader, Log((0, "a"), (0, "b")), epoch: 1);
        leader.Append("c");
        leader.Replicate(follower);
        Assert.Equal(new Offset(3), follower.Log.LogEnd);
        Assert.Equal(new Offset(3), leader.Machine.HighWatermark);
    }

    [Fact]
    public void A_new_replica_of_a_log_that_begins_inside_a_batch_gets_the_whole_batch()
    {
        var log = new MemoryLog();
        log.Lead(new LeaderEpoch(0), "a");
        var two = Batches.Of("b", "c");
        OrleansStreaming.Records.Batches.BatchPatcher.StampOffsetAndEpoch(new(two), 1, 0);
        log.AppendAsFollower(two);
        log.AdvanceLogStart(new Offset(2));
        var (leader, follower) = Pair(log, new MemoryLog(), epoch: 1);
        leader.Replicate(follower);
        Assert.Equal(new Offset(3), follower.Log.LogEnd);
        leader.Now += FollowerStream.TellAfter;
        leader.Replicate(follower);
        Assert.Equal(new Offset(2), follower.Log.LogStart);
        Assert.Single(follower.Log.Batches);
    }

    // A cut that arrives twice, the second time when its follower has long been streamed to and counted.
    [Fact]
    public void A_cut_that_arrives_late_cuts_nothing()
    {
        var (leader, follower) = Pair(Log((0, "a"), (2, "x")), Log((0, "a"), (1, "y")), epoch: 3);
        var (probe, probing) = leader.Next(2)!.Value;
        leader.Machine.OnAnswer(probe, 1, follower.Machine.Take(probing, leader.Id), leader.Now);
        var (cut, cutting) = leader.Next(2)!.Value;
        Assert.NotEqual(Offset.None, cutting.CutOffset);
        leader.Machine.OnAnswer(cut, 1, follower.Machine.Take(cutting, leader.Id), leader.Now);
        leader.Append("z");
        leader.Replicate(follower);
        Assert.Equal(new Offset(3), leader.Machine.HighWatermark);

        Assert.Equal(ErrorCode.OffsetOutOfRange, follower.Take(cutting, 1));
        Assert.Equal(new Offset(3), follower.Log.LogEnd);
    }

    [Fact]
    public void Parts_that_come_late_twice_or_out_of_order_append_nothing_wrong()
    {
        var (leader, follower) = Pair(new MemoryLog(), new MemoryLog(), epoch: 1);
        leader.Replicate(follower);
        leader.Append("a");
        var (first, firstPart) = leader.Next(2)!.Value;
        leader.Machine.OnAnswer(first, 1, follower.Machine.Take(firstPart, leader.Id), leader.Now);
        Assert.Equal(ErrorCode.OffsetOutOfRange, follower.Take(firstPart, 1));
        leader.Append("b");
        leader.Replicate(follower);
        Assert.Equal(ErrorCode.OffsetOutOfRange, follower.Take(firstPart, 1));
        Assert.Equal(["a", "b"], Values(follower));
    }

    [Fact]
    public void A_follower_that_restarted_without_its_tail_is_found_out_and_filled_again()
    {
        var (leader, follower) = Pair(new MemoryLog(), new MemoryLog(), epoch: 1);
        leader.Append("a", "b", "c");
        leader.Replicate(follower);
        Assert.Equal(new Offset(3), leader.Machine.HighWatermark);

        follower.Log.TruncateTo(new Offset(1));
        var restarted = new MachineHost(2, follower.Log, brokerEpoch: 9);
        leader.Append("d");
        var (plan, part) = leader.Next(2)!.Value;
        leader.Machine.OnAnswer(plan, 9, restarted.Machine.Take(part, leader.Id), leader.Now);
        Assert.Equal(new Offset(3), leader.Machine.HighWatermark);
        leader.Replicate(restarted);
        Assert.Equal(new Offset(4), leader.Machine.HighWatermark);
        AssertSame(leader, restarted);
    }

    internal static MemoryLog Log(params (int Epoch, string Value)[] records)
    {
        var log = new MemoryLog();
        foreach (var (epoch, value) in records)
        {
            log.Lead(new LeaderEpoch(epoch), value);
        }

        return log;
    }

    internal static (MachineHost Leader, MachineHost Follower) Pair(MemoryLog leader, MemoryLog follower, int epoch) => (
        new MachineHost(1, leader).Assign(1, epoch, epoch, _both, _both),
        new MachineHost(2, follower));

    internal static List<string> Values(MachineHost host) =>
        Batches.Values(new OrleansStreaming.Records.Sources.MemoryRecords(host.Log.Read(Offset.Zero)));

    private static void AssertSame(MachineHost left, MachineHost right)
    {
        Assert.Equal(left.Log.LogEnd, right.Log.LogEnd);
        Assert.Equal(left.Log.Read(right.Log.LogStart), right.Log.Read(Offset.Zero));
        Assert.Equal(left.Log.LastEpoch, right.Log.LastEpoch);
    }
}
