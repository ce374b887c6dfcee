using System.Globalization;
using OrleansStreaming.Chaos.Clients;
using OrleansStreaming.Chaos.Clusters;

namespace OrleansStreaming.Chaos.Load;

/// <summary>Many groups that commit once a second on three brokers: what it costs the brokers, and how long a commit takes.</summary>
internal static class GroupLoad
{
    private const string Topic = "load";
    private const double CpuGoal = 25;
    private const double LatencyGoalMs = 20;
    private static readonly TimeSpan _patience = TimeSpan.FromMinutes(2);

    /// <param name="warmUp">From the last join on: brokers compile what has become hot for a minute or two.</param>
    /// <returns>0 when both goals are reached.</returns>
    public static async Task<int> RunAsync(int groups, int members, TimeSpan warmUp, TimeSpan duration, string[] configs)
    {
        await using var cluster = await ClusterProcesses.StartAsync(new ClusterOptions { Brokers = 3, HasProxies = false, Configs = configs });
        using var view = new ClusterView(cluster.Bootstrap);
        await view.CreateTopicAsync(Topic, members, 3, []);
        var brokers = cluster.Members.Select(member => member.Address).ToArray();
        var count = new GroupLoadCount();
        using var stopping = new CancellationTokenSource();
        var running = new List<Task>();
        for (var group = 0; group < groups; group++)
        {
            for (var member = 0; member < members; member++)
            {
                var one = new LoadMember($"load-{group}", Topic, member, brokers, TimeSpan.FromSeconds((double)group / groups), count);
                running.Add(Task.Run(() => one.RunAsync(stopping.Token)));
            }

            // Not all groups rebalance at once.
            await Task.Delay(TimeSpan.FromSeconds(2.0 / groups));
        }

        var isComplete = await UntilCompleteAsync(count, groups * members);
        Console.WriteLine($"{count.Members} members; {warmUp.TotalSeconds:0} s to warm up, then {duration.TotalSeconds:0} s are measured.");
        await Task.Delay(warmUp);
        count.TakeLatencies();
        var used = await UsedAsync(cluster, duration);
        var latencies = count.TakeLatencies();
        Console.WriteLine($"{groups} groups of {members}: {count.Members} members; {latencies.Length / duration.TotalSeconds:0} commits/s; all brokers together: {used:0.0} % of a core (goal: < {CpuGoal} %)");
        foreach (var failure in count.Failures)
        {
            Console.WriteLine($"{failure.Value} times {failure.Key}");
        }

        await stopping.CancelAsync();
        await Task.WhenAll(running);
        if (latencies.Length == 0)
        {
            Console.WriteLine("Nothing was committed.");
            return 1;
        }

        Console.WriteLine($"Commit: median {At(0.5):0.0} ms, p99 {At(0.99):0.0} ms (goal: < {LatencyGoalMs} ms), worst {latencies[^1].TotalMilliseconds:0.0} ms");
        return isComplete && used < CpuGoal && At(0.99) < LatencyGoalMs ? 0 : 1;

        double At(double share) => latencies[Math.Min(latencies.Length - 1, (int)(share * latencies.Length))].TotalMilliseconds;
    }

    private static async Task<bool> UntilCompleteAsync(GroupLoadCount count, int members)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(100));
        using var timeout = new CancellationTokenSource(_patience);
        try
        {
            while (count.Members < members)
            {
                await timer.WaitForNextTickAsync(timeout.Token);
            }

            return true;
        }
        catch (OperationCanceledException)
        {
            Console.WriteLine($"After {_patience} only {count.Members} of {members} are members.");
            return false;
        }
    }

    /// <summary>By all brokers from now on, in percent of a core.</summary>
    private static async Task<double> UsedAsync(ClusterProcesses cluster, TimeSpan duration)
    {
        var before = Cpu(cluster);
        await Task.Delay(duration);
        return (Cpu(cluster) - before) / duration.TotalSeconds * 100;
    }

    /// <summary>Used so far by all brokers, in s.</summary>
    private static double Cpu(ClusterProcesses cluster) => cluster.Members.Sum(member =>
    {
        var stat = File.ReadAllText($"/proc/{member.Process!.ProcessId}/stat");
        var fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' '); // the program's name may hold spaces
        return (Number(fields[11]) + Number(fields[12])) / 100; // USER_HZ is 100 on every Linux that .NET runs on
    });

    private static double Number(string text) => double.Parse(text, CultureInfo.InvariantCulture);
}
