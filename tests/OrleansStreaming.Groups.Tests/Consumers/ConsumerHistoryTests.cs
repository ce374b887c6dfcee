using OrleansStreaming.Contracts.Groups;
using OrleansStreaming.Groups.Tests.Support;

namespace OrleansStreaming.Groups.Tests.Consumers;

/// <summary>
/// Random histories of consumers of the new protocol, and of both protocols in one group that changes back and forth, over a
/// coordinator whose writes are slow, fail, or end with its own failure. After each step: one owner of a partition (I18) and no position
/// that goes back (I17); in the end, when faults have stopped: a stable group with every partition owned (I19).
/// </summary>
public sealed class ConsumerHistoryTests
{
    /// <summary>
    /// Members of the classic protocol that were forgotten, or lost something when the group changed its protocol, and did not know it:
    /// they would have committed, over the new owner's position, what they were then told to give up.
    /// </summary>
    [Theory]
    [InlineData(10004, false)]
    [InlineData(10018, false)]
    [InlineData(10114, true)]
    public void What_a_member_only_believes_to_own_it_cannot_commit(int seed, bool isStatic) => new ConsumerHistory(seed, isStatic, isMixed: true).Run(400);

    /// <summary>The records of a consumer group that became a classic one, and a consumer group again before they were removed.</summary>
    [Theory]
    [InlineData(10370, false)]
    [InlineData(10371, true)]
    public void A_former_member_does_not_come_back_with_the_next_coordinator(int seed, bool isStatic) => new ConsumerHistory(seed, isStatic, isMixed: true).Run(400);

    /// <summary>
    /// The last member of the consumer protocol was a static one and came back with the classic protocol: the group went on with the
    /// assignment as it was, told the new self of it before the old one's commits were written, and never handed out what was withheld.
    /// </summary>
    [Theory]
    [InlineData(20432)]
    [InlineData(21507)]
    [InlineData(23433)]
    [InlineData(24188)]
    [InlineData(25055)]
    public void A_static_member_that_ends_a_consumer_group_waits_for_an_assignment(int seed) => new ConsumerHistory(seed, isStatic: true, isMixed: true).Run(400);

    [Theory]
    [InlineData(false, false)]
    [InlineData(true, false)]
    [InlineData(false, true)]
    [InlineData(true, true)]
    public void Every_history_keeps_the_invariants(bool isStatic, bool isMixed)
    {
        var acknowledged = 0;
        var types = new HashSet<GroupType>();
        var seeds = Seeds.Or(1, 50).ToList();
        foreach (var seed in seeds)
        {
            try
            {
                var history = new ConsumerHistory(seed, isStatic, isMixed);
                history.Run(400);
                acknowledged += history.Acknowledged;
                types.UnionWith(history.Types);
            }
            catch (Exception failure)
            {
                throw new InvalidOperationException($"Seed {seed}, static {isStatic}, mixed {isMixed}.", failure);
            }
        }

        Assert.True(seeds.Count < 10 || acknowledged >= 10 * seeds.Count, $"Only {acknowledged} commits were acknowledged.");
        Assert.Contains(GroupType.Consumer, types);
        Assert.True(!isMixed || seeds.Count < 10 || types.Contains(GroupType.Classic), "No group ever changed its protocol.");
    }
}
