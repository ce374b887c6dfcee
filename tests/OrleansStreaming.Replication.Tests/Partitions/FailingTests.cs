using OrleansStreaming.Records.Errors;
using OrleansStreaming.Records.Ids;
using OrleansStreaming.Replication.Partitions;
using OrleansStreaming.Replication.Tests.Support;

namespace OrleansStreaming.Replication.Tests.Partitions;

/// <summary>Disks that are full and logs that are damaged, as the machine sees them.</summary>
public sealed class FailingTests
{
    private readonly MachineHost _leader = new(1, brokerEpoch: 11);
    private readonly MachineHost _follower = new(2, brokerEpoch: 12);
    private int _version;

    [Fact]
    public void A_leader_with_a_full_disk_gives_way_to_a_follower_that_can_write()
    {
        Lead([1, 2]);
        Assert.Null(_leader.Machine.GiveWay(_leader.Now));
        _leader.Machine.OnDiskRefused();
        var resignation = _leader.Machine.GiveWay(_leader.Now)!;
        Assert.Equal((ErrorCode.KafkaStorageError, true), (resignation.Reason, resignation.HasLostNothing));
        Assert.Equal(_leader.Machine.Epoch, resignation.LeaderEpoch);
    }

    [Fact]
    public void A_leader_with_a_full_disk_stays_while_nobody_else_can_write()
    {
        Lead([1]);
        _leader.Machine.OnDiskRefused();
        Assert.Null(_leader.Machine.GiveWay(_leader.Now));
        Lead([1, 2]);
        _follower.Machine.OnDiskRefused();
        Ask();
        Assert.True(_leader.Stream(2).HasDiskFault);
        Assert.Null(_leader.Machine.GiveWay(_leader.Now));
        _follower.Machine.OnDiskWorks();
        Ask();
        Assert.NotNull(_leader.Machine.GiveWay(_leader.Now));
    }

    [Fact]
    public void Disks_that_are_all_full_do_not_send_the_leadership_round_and_round()
    {
        Lead([1, 2]);
        _leader.Machine.OnDiskRefused();
        var end = _leader.Now + TimeSpan.FromHours(1);
        var resignations = 0;
        for (; _leader.Now < end; _leader.Now += TimeSpan.FromMilliseconds(500))
        {
            resignations += _leader.Machine.GiveWay(_leader.Now) is null ? 0 : 1;
        }

        Assert.InRange(resignations, 5, 20);
        _leader.Now += 2 * ReplicaMachine.ResignAtMostAfter;
        Assert.NotNull(_leader.Machine.GiveWay(_leader.Now));
        _leader.Now += ReplicaMachine.ResignAgainAfter;
        Assert.NotNull(_leader.Machine.GiveWay(_leader.Now));
    }

    [Fact]
    public void A_follower_with_a_full_disk_is_sent_no_records_until_it_says_that_it_takes_them()
    {
        Lead([1, 2]);
        _leader.Append("a");
        _follower.Log.IsDiskFailing = true;
        Ask();
        Assert.Equal([1], _leader.Machine.Propose(_leader.Now)!.InSyncReplicas.Select(broker => broker.Value));
        Lead([1]);
        for (var i = 0; i < 5; i++)
        {
            Ask();
            Assert.Equal(Offset.Zero, _follower.Log.LogEnd);
            Assert.Null(_leader.Next(2));
        }

        _follower.Log.IsDiskFailing = false;
        _follower.Machine.OnDiskWorks();
        Ask();
        _leader.Replicate(_follower);
        Assert.Equal(["a"], ReconciliationTests.Values(_follower));
        Assert.Equal([1, 2], _leader.Machine.Propose(_leader.Now)!.InSyncReplicas.Select(broker => broker.Value));
    }

    [Fact]
    public void A_damaged_follower_keeps_everything_until_nobody_counts_on_it()
    {
        Lead([1, 2]);
        _leader.Append("a", "b", "c");
        _leader.Replicate(_follower);
        _follower.Log.DamagedFrom = new Offset(1);
        Ask();
        var proposal = _leader.Machine.Propose(_leader.Now)!;
        Assert.Equal([1], proposal.InSyncReplicas.Select(broker => broker.Value));
        Assert.Equal([2], proposal.LostReplicas.Select(broker => broker.Value));
        Ask();
        Assert.Equal(new Offset(1), _follower.Log.DamagedFrom);
        Lead([1], eligible: [2]);
        Ask();
        Assert.Equal(new Offset(1), _follower.Log.DamagedFrom);
        Assert.Equal([2], _leader.Machine.Propose(_leader.Now)!.LostReplicas.Select(broker => broker.Value));
        Lead([1]);
        Ask();
        Assert.Null(_follower.Log.DamagedFrom);
        Assert.Equal(["a", "b", "c"], ReconciliationTests.Values(_follower));
        Assert.Equal([1, 2], _leader.Machine.Propose(_leader.Now)!.InSyncReplicas.Select(broker => broker.Value));
    }

    [Fact]
    public void A_damaged_follower_of_an_idle_partition_asks_its_leader_and_is_answered_at_once()
    {
        Lead([1, 2]);
        Assert.Equal(BrokerId.None, _follower.Machine.AskForWord(_follower.Now));
        _follower.Log.DamagedFrom = Offset.Zero;
        Assert.Equal(_leader.Id, _follower.Machine.AskForWord(_follower.Now));
        Assert.Equal(BrokerId.None, _follower.Machine.AskForWord(_follower.Now));
        _follower.Now += ReplicaMachine.AskLeaderAfter;
        Assert.Equal(_leader.Id, _follower.Machine.AskForWord(_follower.Now));
        Assert.Null(_leader.Next(2));
        _leader.Machine.OnAsked(_follower.Id, _leader.Now);
        Assert.NotNull(_leader.Next(2));
    }

    [Fact]
    public void A_damaged_leader_gives_way_and_may_not_be_eligible()
    {
        Lead([1, 2]);
        _leader.Log.DamagedFrom = Offset.Zero;
        var resignation = _leader.Machine.GiveWay(_leader.Now)!;
        Assert.Equal((ErrorCode.CorruptMessage, false), (resignation.Reason, resignation.HasLostNothing));
        Assert.Null(_leader.Machine.GiveWay(_leader.Now));
        _leader.Now += ReplicaMachine.ResignAgainAfter;
        Assert.NotNull(_leader.Machine.GiveWay(_leader.Now));
    }

    private void Lead(int[] inSync, int[]? eligible = null)
    {
        var state = PartitionMachineTests.State(1, 1, ++_version, [1, 2], inSync);
        var all = new Contracts.Cluster.PartitionDescription
        {
            Partition = state.Partition,
            Leader = state.Leader,
            LeaderEpoch = state.LeaderEpoch,
            PartitionEpoch = state.PartitionEpoch,
            Replicas = state.Replicas,
            InSyncReplicas = state.InSyncReplicas,
            EligibleLeaderReplicas = (eligible ?? []).Select(id => new BrokerId(id)).ToArray(),
        };
        _leader.Machine.Assign(all, _leader.Now);
        _follower.Machine.Assign(all, _follower.Now);
        if (_version == 1)
        {
            _leader.Replicate(_follower);
        }
    }

    /// <summary>A second passes, and everything that is due is sent and answered.</summary>
    private void Ask()
    {
        _leader.Now += FollowerStream.AskFailingAfter;
        _leader.Machine.OnAsked(_follower.Id, _leader.Now);
        _leader.Replicate(_follower);
    }
}
