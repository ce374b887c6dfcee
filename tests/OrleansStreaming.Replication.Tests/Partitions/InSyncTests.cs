using OrleansStreaming.Contracts.Cluster;
using OrleansStreaming.Records.Ids;
using OrleansStreaming.Replication.Partitions;
using OrleansStreaming.Replication.Tests.Support;

namespace OrleansStreaming.Replication.Tests.Partitions;

/// <summary>Who a leader asks its topic to count as in sync, and when.</summary>
public sealed class InSyncTests
{
    private static readonly int[] _all = [1, 2, 3];

    private readonly MachineHost _leader = new(1, brokerEpoch: 11);
    private readonly MachineHost _second = new(2, brokerEpoch: 12);
    private readonly MachineHost _third = new(3, brokerEpoch: 13);

    [Fact]
    public void Nobody_is_asked_for_while_all_is_as_it_should_be()
    {
        Lead(_all);
        _leader.Append("a");
        Replicate();
        _leader.Now += TimeSpan.FromHours(1);
        Assert.Null(_leader.Machine.Propose(_leader.Now));
    }

    [Fact]
    public void A_follower_that_lacks_something_for_too_long_leaves()
    {
        Lead(_all);
        Replicate();
        _leader.Append("a");
        _leader.Replicate(_second);
        _leader.Now += TimeSpan.FromSeconds(30);
        Assert.Null(_leader.Machine.Propose(_leader.Now));
        _leader.Now += TimeSpan.FromSeconds(1);
        Assert.Equal([1, 2], Asked());
        Assert.Equal(Offset.Zero, _leader.Machine.HighWatermark);
        Lead([1, 2], version: 2);
        Assert.Equal(new Offset(1), _leader.Machine.HighWatermark);
    }

    [Fact]
    public void A_follower_under_load_that_keeps_up_with_what_was_there_a_moment_ago_does_not_lag()
    {
        Lead([1, 2]);
        _leader.Replicate(_second);
        for (var i = 0; i < 100; i++)
        {
            _leader.Append("x");
            var (plan, part) = _leader.Next(2)!.Value;
            _leader.Now += TimeSpan.FromSeconds(1);
            _leader.Append("y");
            _leader.Machine.OnAnswer(plan, 12, _second.Machine.Take(part, _leader.Id), _leader.Now);
            Assert.Null(_leader.Machine.Propose(_leader.Now));
        }

        Assert.NotNull(_leader.Stream(2).BehindSince);
    }

    [Fact]
    public void A_follower_whose_broker_stays_away_leaves_even_beside_another_proposal()
    {
        Lead([1, 2]);
        Replicate();
        Assert.Equal([1, 2, 3], Asked());
        _leader.Machine.OnBrokerGone(new BrokerId(3), _leader.Now);
        Assert.Null(_leader.Machine.Propose(_leader.Now));
        _leader.Now += ReplicaMachine.LeaveGoneAfter;
        Assert.Equal([1, 2], Asked());
        Assert.Null(_leader.Machine.Propose(_leader.Now));
        _leader.Machine.OnBrokerGone(new BrokerId(2), _leader.Now);
        _leader.Now += ReplicaMachine.LeaveGoneAfter;
        Assert.Equal([1], Asked());
    }

    [Fact]
    public void A_wish_that_is_not_granted_asks_who_joins_for_its_present_broker_epoch()
    {
        Lead([1]);
        _leader.Replicate(_second);
        _leader.Machine.OnBrokerGone(new BrokerId(3), _leader.Now);
        var first = _leader.Machine.Propose(_leader.Now)!;
        Assert.Equal([11, 12], first.BrokerEpochs);
        Assert.Null(_leader.Next(2));
        _leader.Now += ReplicaMachine.ProposeAgainAfter;
        Assert.Equal([11, 12], _leader.Machine.Propose(_leader.Now)!.BrokerEpochs);
        var (plan, part) = _leader.Next(2)!.Value;
        _leader.Machine.OnAnswer(plan, brokerEpoch: 22, _second.Machine.Take(part, _leader.Id), _leader.Now);
        _leader.Now += ReplicaMachine.ProposeAgainAfter;
        Assert.Equal([11, 22], _leader.Machine.Propose(_leader.Now)!.BrokerEpochs);
    }

    [Fact]
    public void A_follower_joins_when_it_has_caught_up_under_the_broker_epoch_it_answered_with()
    {
        Lead([1]);
        _leader.Append("a");
        Assert.Null(_leader.Machine.Propose(_leader.Now));
        _leader.Replicate(_second);
        var proposal = _leader.Machine.Propose(_leader.Now)!;
        Assert.Equal([new BrokerId(1), new BrokerId(2)], proposal.InSyncReplicas);
        Assert.Equal([11L, 12L], proposal.BrokerEpochs);
        Assert.Equal(_leader.Machine.State.PartitionEpoch, proposal.PartitionEpoch);
    }

    [Fact]
    public void A_follower_that_restarted_without_its_tail_leaves_until_it_has_it_again()
    {
        Lead(_all);
        _leader.Append("a", "b");
        Replicate();
        _third.Log.TruncateTo(Offset.Zero);
        var restarted = new MachineHost(3, _third.Log, brokerEpoch: 99);
        _leader.Append("c");
        var (plan, part) = _leader.Next(3)!.Value;
        _leader.Machine.OnAnswer(plan, 99, restarted.Machine.Take(part, _leader.Id), _leader.Now);
        _leader.Machine.OnBrokerGone(new BrokerId(2), _leader.Now);
        _leader.Now += ReplicaMachine.LeaveGoneAfter;
        var proposal = _leader.Machine.Propose(_leader.Now)!;
        Assert.Equal([new BrokerId(1)], proposal.InSyncReplicas);
        Assert.Equal([new BrokerId(3)], proposal.LostReplicas);

        _leader.Replicate(restarted);
        _leader.Now += ReplicaMachine.ProposeAgainAfter;
        proposal = _leader.Machine.Propose(_leader.Now)!;
        Assert.Equal([new BrokerId(1), new BrokerId(3)], proposal.InSyncReplicas);
        Assert.Equal([11L, 99L], proposal.BrokerEpochs);
    }

    [Fact]
    public void A_proposal_without_a_decision_is_repeated_as_what_is_wanted_by_then()
    {
        Lead([1, 2]);
        Replicate();
        Assert.Equal([1, 2, 3], Asked());
        _leader.Now += ReplicaMachine.ProposeAgainAfter;
        Assert.Equal([1, 2, 3], Asked());

        // It cannot be taken back, but it can be overtaken: by a wish for the set as it is.
        _leader.Append("a");
        _leader.Replicate(_second);
        Assert.Equal(Offset.Zero, _leader.Machine.HighWatermark);
        _leader.Machine.OnBrokerGone(new BrokerId(3), _leader.Now);
        _leader.Now += ReplicaMachine.LeaveGoneAfter;
        Assert.Equal([1, 2], Asked());
        Assert.Equal(Offset.Zero, _leader.Machine.HighWatermark);
        Lead([1, 2], version: 2);
        Assert.Equal(new Offset(1), _leader.Machine.HighWatermark);
    }

    [Fact]
    public void Below_the_minimum_nothing_is_committed_until_enough_are_back()
    {
        _leader.Machine.SetMinInSync(2, _leader.Now);
        Lead([1]);
        _leader.Append("a");
        _leader.Replicate(_second);
        Assert.Equal(Offset.Zero, _leader.Machine.HighWatermark);
        Assert.Equal([1, 2], Asked());
        Lead([1, 2], version: 2);
        Assert.Equal(new Offset(1), _leader.Machine.HighWatermark);
    }

    private void Lead(int[] inSync, int version = 1) => _leader.Assign(1, 1, version, _all, inSync);

    private void Replicate()
    {
        _leader.Replicate(_second);
        _leader.Replicate(_third);
        _leader.Now += FollowerStream.TellAfter;
        _leader.Replicate(_second);
        _leader.Replicate(_third);
    }

    private int[] Asked()
    {
        InSyncProposal? proposal = _leader.Machine.Propose(_leader.Now);
        Assert.NotNull(proposal);
        return Array.ConvertAll(proposal.InSyncReplicas, broker => broker.Value);
    }
}
