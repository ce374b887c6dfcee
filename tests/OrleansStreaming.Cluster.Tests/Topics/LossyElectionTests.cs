using OrleansStreaming.Cluster.Brokers;
using OrleansStreaming.Cluster.Topics;
using OrleansStreaming.Contracts.Brokers;
using OrleansStreaming.Contracts.Cluster;
using OrleansStreaming.Records.Ids;
using static OrleansStreaming.Cluster.Tests.Support.Clusters;

namespace OrleansStreaming.Cluster.Tests.Topics;

/// <summary>All that were in sync have crashed, and may have lost something.</summary>
public sealed class LossyElectionTests
{
    private static readonly PartitionRules _rules = new(1, false);

    [Fact]
    public void Nobody_is_elected_before_all_have_said_where_they_end()
    {
        var dark = Dark(1, 2, 3);
        var living = Crashed(1, 2, 3);
        Assert.True(PartitionElection.MustAsk(dark, living, _rules, ElectionKind.Living, PartitionState.NoLeader));
        Assert.Same(dark, PartitionElection.Elect(dark, living, _rules));
        var some = Ends(isFinal: false, (1, 0, 10), (2, 0, 20));
        Assert.True(PartitionElection.MustAsk(dark, living, _rules, ElectionKind.Living, PartitionState.NoLeader, some));
        Assert.Same(dark, Elect(dark, living, some));
    }

    [Fact]
    public void The_newest_epoch_leads_then_the_longest_log_then_who_led_last()
    {
        var living = Crashed(1, 2, 3);
        Assert.Equal(2, Elect(Dark(1, 2, 3), living, Ends(isFinal: true, (1, 0, 50), (2, 1, 20), (3, 1, 10))).Leader);
        Assert.Equal(3, Elect(Dark(1, 2, 3), living, Ends(isFinal: true, (1, 1, 5), (2, 1, 20), (3, 1, 30))).Leader);
        Assert.Equal(1, Elect(Dark(1, 2, 3), living, Ends(isFinal: true, (1, 1, 30), (2, 1, 20), (3, 1, 30))).Leader);
    }

    [Fact]
    public void One_that_was_not_in_sync_any_more_leads_when_it_holds_most()
    {
        var dark = Dark(1, 2, 3) with { InSync = [1], InSyncEpochs = [1] };
        var elected = Elect(dark, Crashed(1, 2, 3), Ends(isFinal: false, (1, 0, 10), (2, 0, 5), (3, 0, 20)));
        Assert.Equal(3, elected.Leader);
        Assert.Equal([3], elected.InSync);
        Assert.Empty(elected.Eligible);
    }

    [Fact]
    public void After_a_while_it_is_done_without_those_that_do_not_answer()
    {
        var living = Crashed(1, 2, 3);
        Assert.Equal(3, Elect(Dark(1, 2, 3), living, Ends(isFinal: true, (2, 0, 10), (3, 0, 20))).Leader);
        Assert.Equal(1, Elect(Dark(1, 2, 3), living, Ends(isFinal: true)).Leader);
    }

    [Fact]
    public void A_sole_replica_is_not_asked() =>
        Assert.Equal(1, PartitionElection.Elect(Dark(1), Crashed(1), _rules).Leader);

    [Fact]
    public void One_that_holds_most_and_is_about_to_stop_is_awaited()
    {
        var living = Alive(Up(1, epoch: 8, cleanSince: 8), Up(2, epoch: 9, cleanSince: 9, isStopping: true));
        Assert.Equal(PartitionState.NoLeader, Elect(Dark(1, 2), living, Ends(isFinal: true, (1, 0, 10), (2, 0, 20))).Leader);
    }

    [Fact]
    public void An_unclean_election_takes_the_one_that_holds_most_and_waits_for_nobody()
    {
        var rules = new PartitionRules(1, true);
        var dark = Dark(1, 2, 3) with { InSync = [1], InSyncEpochs = [1] };
        var living = Alive(2, 3);
        Assert.True(PartitionElection.MustAsk(dark, living, rules, ElectionKind.Living, PartitionState.NoLeader));
        Assert.Equal(3, PartitionElection.Elect(dark, living, rules, ends: Ends(isFinal: false, (2, 0, 10), (3, 0, 20))).Leader);
        Assert.Equal(2, PartitionElection.Elect(dark, living, rules, ends: Ends(isFinal: false)).Leader);
    }

    private static PartitionState Elect(PartitionState partition, LivingBrokers living, PartitionEnds ends) =>
        PartitionElection.Elect(partition, living, _rules, ends: ends);

    private static PartitionState Dark(params int[] replicas) =>
        PartitionElection.Elect(PartitionElection.Create(replicas, Alive(replicas)), LivingBrokers.None, _rules);

    private static LivingBrokers Crashed(params int[] ids) => Alive(Array.ConvertAll(ids, id => Up(id, epoch: 10 + id, cleanSince: 10 + id)));

    private static PartitionEnds Ends(bool isFinal, params (int Broker, int Epoch, long End)[] ends) => new(
        ends.ToDictionary(end => end.Broker, end => new ReplicaEnd(0, new LeaderEpoch(end.Epoch), new Offset(end.End))), isFinal);
}
