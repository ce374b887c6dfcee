using OrleansStreaming.Cluster.Brokers;
using OrleansStreaming.Cluster.Topics;
using OrleansStreaming.Contracts.Brokers;
using OrleansStreaming.Contracts.Cluster;
using OrleansStreaming.Records.Ids;
using static OrleansStreaming.Cluster.Tests.Support.Clusters;

namespace OrleansStreaming.Cluster.Tests.Topics;

public sealed class PartitionElectionTests
{
    private static readonly PartitionRules _one = new(1, false);
    private static readonly PartitionRules _two = new(2, false);

    [Fact]
    public void Nothing_changes_while_everybody_is_up()
    {
        var partition = Created(1, 2, 3);
        Assert.Same(partition, PartitionElection.Elect(partition, Alive(1, 2, 3), _one));
    }

    [Fact]
    public void The_next_living_in_sync_replica_follows_a_dead_leader_who_leaves_the_set()
    {
        var elected = PartitionElection.Elect(Created(1, 2, 3), Alive(2, 3), _one);
        Assert.Equal(2, elected.Leader);
        Assert.Equal([2, 3], elected.InSync);
        Assert.Equal(1, elected.LeaderEpoch);
        Assert.Equal(1, elected.PartitionEpoch);
    }

    [Fact]
    public void A_dead_follower_leaves_without_a_new_leader_epoch()
    {
        var elected = PartitionElection.Elect(Created(1, 2), Alive(1), _one);
        Assert.Equal([1], elected.InSync);
        Assert.Equal(0, elected.LeaderEpoch);
        Assert.Equal(1, elected.PartitionEpoch);
    }

    [Fact]
    public void A_leader_that_restarted_gets_a_new_epoch_when_nobody_else_is_in_sync()
    {
        var elected = PartitionElection.Elect(Created(1), Alive(Up(1, epoch: 2)), _one);
        Assert.Equal(1, elected.Leader);
        Assert.Equal(1, elected.LeaderEpoch);
        Assert.Equal([2L], elected.InSyncEpochs);
    }

    [Fact]
    public void A_replica_that_crashed_is_not_trusted_while_another_lives()
    {
        var elected = PartitionElection.Elect(Created(1, 2, 3), Alive(Up(1, epoch: 2, cleanSince: 2), Up(2, epoch: 3, cleanSince: 3), Up(3)), _one);
        Assert.Equal(3, elected.Leader);
        Assert.Equal([3], elected.InSync);
    }

    [Fact]
    public void A_replica_that_stopped_cleanly_stays_trusted()
    {
        var elected = PartitionElection.Elect(Created(1, 2), Alive(Up(2, epoch: 2)), _one);
        Assert.Equal(2, elected.Leader);
        Assert.Equal([2L], elected.InSyncEpochs);
    }

    [Fact]
    public void Without_anybody_in_sync_there_is_no_leader_and_the_set_is_remembered()
    {
        var elected = PartitionElection.Elect(Created(1, 2), Alive(3), _one);
        Assert.Equal(PartitionState.NoLeader, elected.Leader);
        Assert.Equal([1, 2], elected.InSync);
        Assert.Equal(1, elected.LeaderEpoch);
        Assert.Same(elected, PartitionElection.Elect(elected, Alive(3), _one));
    }

    [Fact]
    public void When_all_crashed_one_of_them_goes_on_once_all_are_back()
    {
        var dark = PartitionElection.Elect(Created(1, 2, 3), LivingBrokers.None, _one);
        var crashed2 = Up(2, epoch: 4, cleanSince: 4);
        var crashed1 = Up(1, epoch: 5, cleanSince: 5);
        Assert.Equal(PartitionState.NoLeader, PartitionElection.Elect(dark, Alive(crashed2), _one).Leader);
        Assert.Equal(PartitionState.NoLeader, PartitionElection.Elect(dark, Alive(crashed2, crashed1), _one).Leader);
        var nobodyAnswers = new PartitionEnds(new Dictionary<int, ReplicaEnd>(), isFinal: true);
        var back = PartitionElection.Elect(dark, Alive(crashed2, crashed1, Up(3, epoch: 6, cleanSince: 6)), _one, ends: nobodyAnswers);
        Assert.Equal(1, back.Leader);
        Assert.Equal([1], back.InSync);
        Assert.Equal(2, back.LeaderEpoch);
    }

    [Fact]
    public void When_all_but_one_crashed_the_one_that_stopped_cleanly_leads_when_it_is_back()
    {
        var dark = PartitionElection.Elect(Created(1, 2), LivingBrokers.None, _one);
        Assert.Equal(2, PartitionElection.Elect(dark, Alive(Up(1, epoch: 4, cleanSince: 4), Up(2, epoch: 5)), _one).Leader);
    }

    [Fact]
    public void One_that_is_about_to_stop_leads_before_one_that_crashed()
    {
        var dark = PartitionElection.Elect(Created(1, 2), LivingBrokers.None, _one);
        var elected = PartitionElection.Elect(dark, Alive(Up(1, epoch: 4, cleanSince: 4), Up(2, epoch: 5) with { IsStopping = true }), _one);
        Assert.Equal(2, elected.Leader);
    }

    [Fact]
    public void The_sole_one_that_was_in_sync_leads_again_though_it_crashed()
    {
        var alone = PartitionElection.Elect(Created(1, 2), Alive(2), _one);
        var dark = PartitionElection.Elect(alone, Alive(1), _one);
        Assert.Equal(PartitionState.NoLeader, dark.Leader);
        Assert.Equal([2], dark.InSync);
        Assert.Equal(2, PartitionElection.Elect(dark, Alive(Up(1), Up(2, epoch: 9, cleanSince: 9)), _one, ends: Ends(1, 2)).Leader);
        Assert.Equal(2, PartitionElection.Elect(dark, Alive(Up(2, epoch: 9, cleanSince: 9)), _one).Leader);
    }

    [Fact]
    public void An_unclean_election_happens_only_where_it_is_allowed()
    {
        var alone = PartitionElection.Elect(Created(1, 2), Alive(1), _one);
        Assert.Equal(PartitionState.NoLeader, PartitionElection.Elect(alone, Alive(2), _one).Leader);
        var unclean = PartitionElection.Elect(alone, Alive(2), new PartitionRules(1, true));
        Assert.Equal(2, unclean.Leader);
        Assert.Equal([2], unclean.InSync);
        Assert.Equal(2, PartitionElection.Elect(alone, Alive(2), _one, ElectionKind.Unclean).Leader);
    }

    [Fact]
    public void Who_leaves_below_min_insync_replicas_stays_eligible_and_leads_when_the_last_one_dies()
    {
        var three = Created(1, 2, 3);
        var two = PartitionElection.Elect(three, Alive(2, 3), _two);
        Assert.Empty(two.Eligible);
        var one = PartitionElection.Elect(two, Alive(3), _two);
        Assert.Equal([2], one.Eligible);
        var next = PartitionElection.Elect(one, Alive(Up(2, epoch: 2)), _two);
        Assert.Equal(2, next.Leader);
        Assert.Equal([2], next.InSync);
        Assert.Equal([3], next.Eligible);
    }

    [Fact]
    public void An_eligible_replica_that_crashed_is_no_longer_eligible()
    {
        var one = PartitionElection.Elect(Created(1, 2), Alive(1), _two);
        Assert.Equal([2], one.Eligible);
        Assert.Empty(PartitionElection.Elect(one, Alive(Up(1), Up(2, epoch: 2, cleanSince: 2)), _two).Eligible);
        var dark = PartitionElection.Elect(one, Alive(Up(2, epoch: 2, cleanSince: 2)), _two);
        Assert.Equal(PartitionState.NoLeader, dark.Leader);
        Assert.Empty(dark.Eligible);
        Assert.Equal([1], dark.InSync);
    }

    [Fact]
    public void A_stopping_leader_hands_over_and_leaves_unless_it_is_the_last()
    {
        var handed = PartitionElection.Elect(Created(1, 2), Alive(Up(1, isStopping: true), Up(2)), _one);
        Assert.Equal(2, handed.Leader);
        Assert.Equal([2], handed.InSync);
        var alone = Created(1);
        Assert.Same(alone, PartitionElection.Elect(alone, Alive(Up(1, isStopping: true)), _one));
    }

    [Fact]
    public void The_preferred_replica_is_elected_on_demand_only_when_it_is_in_sync()
    {
        var partition = PartitionElection.Elect(Created(1, 2), Alive(2), _one);
        Assert.Same(partition, PartitionElection.Elect(partition, Alive(1, 2), _one, ElectionKind.Preferred));
        var whole = partition with { InSync = [2, 1], InSyncEpochs = [1, 1] };
        Assert.Same(whole, PartitionElection.Elect(whole, Alive(1, 2), _one));
        var preferred = PartitionElection.Elect(whole, Alive(1, 2), _one, ElectionKind.Preferred);
        Assert.Equal(1, preferred.Leader);
        Assert.Equal([2, 1], preferred.InSync);
    }

    [Fact]
    public void A_leader_that_resigns_leaves_and_is_not_eligible()
    {
        var resigned = PartitionElection.Elect(Created(1, 2), Alive(1, 2), _two, resigned: 1);
        Assert.Equal(2, resigned.Leader);
        Assert.Equal([2], resigned.InSync);
        Assert.Empty(resigned.Eligible);
        var alone = Created(1);
        Assert.Same(alone, PartitionElection.Elect(alone, Alive(1), _two, resigned: 1));
    }

    /// <summary>All end where nothing is.</summary>
    private static PartitionEnds Ends(params int[] brokers) =>
        new(brokers.ToDictionary(id => id, _ => new ReplicaEnd(0, LeaderEpoch.None, Offset.Zero)), isFinal: true);

    private static PartitionState Created(params int[] replicas) => PartitionElection.Create(replicas, Alive(replicas));
}
