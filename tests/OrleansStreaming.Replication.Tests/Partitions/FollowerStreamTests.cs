using OrleansStreaming.Contracts.Replication;
using OrleansStreaming.Records.Errors;
using OrleansStreaming.Records.Ids;
using OrleansStreaming.Replication.Partitions;
using OrleansStreaming.Replication.Tests.Support;

namespace OrleansStreaming.Replication.Tests.Partitions;

public sealed class FollowerStreamTests
{
    [Fact]
    public void Only_one_part_is_under_way_to_a_follower()
    {
        var (leader, follower) = ReconciliationTests.Pair(new MemoryLog(), new MemoryLog(), epoch: 1);
        leader.Append("a");
        var (plan, part) = leader.Next(2)!.Value;
        Assert.Null(leader.Next(2));
        leader.Machine.OnAnswer(plan, 1, follower.Machine.Take(part, leader.Id), leader.Now);
        Assert.NotNull(leader.Next(2));
    }

    [Fact]
    public void After_a_failed_call_it_is_asked_where_it_stands_and_nothing_is_committed_until_it_says()
    {
        var (leader, follower) = ReconciliationTests.Pair(new MemoryLog(), new MemoryLog(), epoch: 1);
        leader.Replicate(follower);
        leader.Append("a");
        var (plan, part) = leader.Next(2)!.Value;
        follower.Take(part, 1);
        leader.Machine.OnCallFailed(plan, leader.Now);
        Assert.Null(leader.Next(2));
        Assert.Equal(Offset.Zero, leader.Machine.HighWatermark);

        // An answer after all comes too late to be believed.
        Assert.Equal(ReplicaChange.None, leader.Machine.OnAnswer(plan, 1, follower.Machine.Answer(ErrorCode.None), leader.Now));
        leader.Now += TimeSpan.FromSeconds(1);
        Assert.True(leader.Next(2)!.Value.Part.Records.IsEmpty);
    }

    [Fact]
    public void Retries_come_less_often_up_to_once_a_second_and_at_once_when_the_broker_is_back()
    {
        var (leader, _) = ReconciliationTests.Pair(new MemoryLog(), new MemoryLog(), epoch: 1);
        var waits = new List<TimeSpan>();
        for (var i = 0; i < 7; i++)
        {
            leader.Machine.OnCallFailed(leader.Next(2)!.Value.Plan, leader.Now);
            waits.Add(leader.Stream(2).RetryAt - leader.Now);
            leader.Now = leader.Stream(2).RetryAt;
        }

        Assert.Equal(waits.Order(), waits);
        Assert.Equal(TimeSpan.FromSeconds(1), waits[^1]);
        leader.Machine.OnCallFailed(leader.Next(2)!.Value.Plan, leader.Now);
        leader.Machine.OnBrokerGone(new BrokerId(2), leader.Now);
        leader.Now += TimeSpan.FromSeconds(5);
        Assert.Null(leader.Next(2));
        leader.Machine.OnBrokerBack(new BrokerId(2), leader.Now);
        Assert.NotNull(leader.Next(2));
    }

    [Fact]
    public void A_high_watermark_travels_with_records_or_alone_after_a_moment()
    {
        var (leader, follower) = ReconciliationTests.Pair(new MemoryLog(), new MemoryLog(), epoch: 1);
        leader.Append("a");
        leader.Replicate(follower);
        Assert.Equal(new Offset(1), leader.Machine.HighWatermark);
        Assert.Equal(Offset.Zero, follower.Machine.HighWatermark);
        Assert.Null(leader.Next(2));

        leader.Now = leader.Stream(2).TellAt!.Value;
        leader.Replicate(follower);
        Assert.Equal(new Offset(1), follower.Machine.HighWatermark);
        Assert.Null(leader.Stream(2).TellAt);

        leader.Append("b");
        leader.Replicate(follower);
        leader.Append("c");
        leader.Replicate(follower);
        Assert.Equal(new Offset(2), follower.Machine.HighWatermark);
    }

    [Fact]
    public void A_high_watermark_may_ride_with_records_of_others_before_it_is_due()
    {
        var (leader, follower) = ReconciliationTests.Pair(new MemoryLog(), new MemoryLog(), epoch: 1);
        leader.Append("a");
        leader.Replicate(follower);
        leader.Now += FollowerStream.RideAfter;
        Assert.True(leader.Stream(2).TellAt > leader.Now);
        leader.Replicate(follower);
        Assert.Equal(new Offset(1), follower.Machine.HighWatermark);
        Assert.Null(leader.Stream(2).TellAt);
    }

    [Fact]
    public void What_retention_or_a_deletion_removed_is_removed_on_followers_up_to_what_is_committed()
    {
        var (leader, follower) = ReconciliationTests.Pair(new MemoryLog(), new MemoryLog(), epoch: 1);
        leader.Append("a", "b");
        leader.Replicate(follower);
        leader.Log.AdvanceLogStart(new Offset(1));
        leader.Machine.OnLogStartMoved(leader.Now);
        leader.Now += FollowerStream.TellAfter;
        leader.Replicate(follower);
        Assert.Equal(new Offset(1), follower.Log.LogStart);
    }

    [Fact]
    public void A_leader_that_is_told_of_a_newer_epoch_leads_no_more()
    {
        var (leader, follower) = ReconciliationTests.Pair(new MemoryLog(), new MemoryLog(), epoch: 1);
        follower.Assign(3, 7, 7, [1, 2, 3], [2, 3]);
        var (plan, part) = leader.Next(2)!.Value;
        var change = leader.Machine.OnAnswer(plan, 1, follower.Machine.Take(part, leader.Id), leader.Now);
        Assert.Equal(ReplicaChange.Resigned, change);
        Assert.False(leader.Machine.IsLeader);
        Assert.Equal(new LeaderEpoch(7), leader.Machine.Epoch);
    }

    [Fact]
    public void A_follower_whose_disk_refuses_keeps_what_it_has_and_says_so()
    {
        var (leader, follower) = ReconciliationTests.Pair(new MemoryLog(), new MemoryLog(), epoch: 1);
        leader.Append("a");
        leader.Replicate(follower);
        leader.Append("b");
        follower.Log.IsDiskFailing = true;
        var (plan, part) = leader.Next(2)!.Value;
        var answer = follower.Machine.Take(part, leader.Id);
        Assert.Equal(ErrorCode.KafkaStorageError, answer.Error);
        Assert.Equal(new Offset(1), answer.LogEnd);
        leader.Machine.OnAnswer(plan, 1, answer, leader.Now);
        Assert.True(leader.Stream(2).HasDiskFault);
        Assert.Equal([leader.Id], leader.Machine.Propose(leader.Now)!.InSyncReplicas);
    }

    [Fact]
    public void A_damaged_message_is_refused_and_sent_again()
    {
        var (leader, follower) = ReconciliationTests.Pair(new MemoryLog(), new MemoryLog(), epoch: 1);
        leader.Replicate(follower);
        leader.Append("a");
        var (plan, part) = leader.Next(2)!.Value;
        var bytes = part.Records.ToArray();
        bytes[^1] ^= 1;
        var answer = follower.Machine.Take(plan.ToPart(new("t", 0), ReplicaHost.Topic, bytes), leader.Id);
        Assert.Equal(ErrorCode.CorruptMessage, answer.Error);
        leader.Machine.OnAnswer(plan, 1, answer, leader.Now);
        leader.Now = leader.Stream(2).RetryAt;
        leader.Replicate(follower);
        Assert.Equal(["a"], ReconciliationTests.Values(follower));
    }

    [Fact]
    public void What_is_not_yet_synced_does_not_count()
    {
        var (leader, follower) = ReconciliationTests.Pair(new MemoryLog { Synced = Offset.Zero }, new MemoryLog(), epoch: 1);
        leader.Append("a");
        leader.Replicate(follower);
        Assert.True(leader.Machine.IsSyncDue);
        Assert.Equal(Offset.Zero, leader.Machine.HighWatermark);
        leader.Log.Synced = leader.Log.LogEnd;
        Assert.True(leader.Machine.OnDurable(leader.Now));
        Assert.Equal(new Offset(1), leader.Machine.HighWatermark);
    }
}
