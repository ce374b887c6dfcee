using OrleansStreaming.Simulation.Tests.Runs;
using Xunit.Abstractions;

namespace OrleansStreaming.Simulation.Tests;

/// <summary>Whole clusters under faults, one after the other from fresh seeds; a failure names its seed.</summary>
public sealed class SeedTests(ITestOutputHelper output)
{
    private const int Seeds = 2_000;

    /// <summary>For one seed or more of one's own: <c>SIMULATION_SEEDS=17</c> or <c>SIMULATION_SEEDS=1000-2999</c>.</summary>
    private static readonly string? _wanted = Environment.GetEnvironmentVariable("SIMULATION_SEEDS");

    /// <summary>What many seeds together must have had, so that a fault that never comes, or that nothing answers, shows.</summary>
    private static readonly string[] _expected =
    [
        "kill", "power cut", "power cut of all", "pause", "partition of one", "one-way partition", "bridge partition", "clock jump",
        "split directory", "clean stop", "controller begins", "registration is refused",
        "registration after its successor's is refused", "full disk", "all disks full", "full leader resigns", "rotten batch",
        "damaged leader resigns", "damaged follower is cut", "shortened file", "missing tail is noticed", "move", "cancelled move",
        "moved replica is removed", "preferred election", "topic deleted", "topic deleted with a broker away", "topic created again",
        "files of a deleted topic are removed", "blocked by files of a deleted topic", "another topic's part is refused",
        "election may lose records", "records that nobody has are lost",
    ];

    [Fact]
    public void NothingCommittedIsEverLost()
    {
        var (first, last) = Range();
        long acknowledged = 0;
        long events = 0;
        var counts = new System.Collections.Concurrent.ConcurrentDictionary<string, long>();
        var failures = new System.Collections.Concurrent.ConcurrentQueue<string>();
        Parallel.For(first, last + 1, (seed, loop) =>
        {
            try
            {
                var result = SimulationRun.Run(SimulationOptions.From(seed));
                Interlocked.Add(ref acknowledged, result.Acknowledged);
                Interlocked.Add(ref events, result.Events);
                foreach (var (what, count) in result.Counts)
                {
                    counts.AddOrUpdate(what, count, (_, sum) => sum + count);
                }
            }
            catch (Checks.SimulationFailure failure)
            {
                failures.Enqueue(failure.Message);
                if (failures.Count >= 3)
                {
                    loop.Stop();
                }
            }
        });

        output.WriteLine($"Seeds {first} to {last}: {acknowledged} batches acknowledged, {events} events.");
        foreach (var (what, count) in counts.OrderBy(entry => entry.Key, StringComparer.Ordinal))
        {
            output.WriteLine($"{count,10} {what}");
        }

        Assert.True(failures.IsEmpty, string.Join("\n\n", failures));
        Assert.True(last - first < 100 || _expected.All(counts.ContainsKey), $"It never came to: {string.Join(", ", _expected.Except(counts.Keys))}.");
        Assert.True(acknowledged > 100L * (last - first + 1), "The clusters hardly did anything.");
    }

    /// <summary>It stayed the broker for ever, and its successor, which had registered before, never asked again.</summary>
    [Fact]
    public void ADeadProcessWhoseRegistrationArrivesLateIsNotTheBroker() => Assert.Contains(
        Enumerable.Range(55057, 20),
        seed => SimulationRun.Run(SimulationOptions.From(seed)).Counts.ContainsKey("registration after its successor's is refused"));

    private static (int First, int Last) Range()
    {
        if (_wanted is null)
        {
            return (1, Seeds);
        }

        var parts = _wanted.Split('-');
        return (int.Parse(parts[0]), int.Parse(parts[^1]));
    }
}
