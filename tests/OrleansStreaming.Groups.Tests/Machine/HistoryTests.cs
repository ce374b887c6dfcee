using OrleansStreaming.Contracts.Groups;
using OrleansStreaming.Groups.Tests.Support;
using OrleansStreaming.Records.Errors;

namespace OrleansStreaming.Groups.Tests.Machine;

/// <summary>
/// Random histories of members that join, crash, stall, lose answers and come back, over a coordinator whose writes are slow, fail,
/// or end with its own failure. After each step: one owner of a partition per commit, no commit by anybody else, no position that
/// goes back (I17, I18); in the end, when faults have stopped: a stable group with every partition assigned (I19).
/// </summary>
public sealed class HistoryTests
{
    [Theory]
    [InlineData(1, false)]
    [InlineData(2, true)]
    [InlineData(3, false)]
    [InlineData(0, true)]
    public void Every_history_keeps_the_invariants(int remainder, bool isStatic)
    {
        var acknowledged = 0;
        var seeds = Seeds.Or(1, 399).Where(seed => seed % 4 == remainder).ToList();
        foreach (var seed in seeds)
        {
            try
            {
                var history = new GroupHistory(seed, isStatic);
                history.Run(400);
                acknowledged += history.Acknowledged;
            }
            catch (Exception failure)
            {
                throw new InvalidOperationException($"Seed {seed}, static {isStatic}.", failure);
            }
        }

        Assert.True(seeds.Count < 10 || acknowledged >= 10 * seeds.Count, $"Only {acknowledged} commits were acknowledged.");
    }
}
