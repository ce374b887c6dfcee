using OrleansStreaming.Chaos.Clients;
using OrleansStreaming.Chaos.Clusters;
using OrleansStreaming.Chaos.Histories;

namespace OrleansStreaming.Chaos.Scenarios;

/// <summary>Makes faults happen to a cluster, one after the other, and remembers whom they took the leader from.</summary>
internal sealed class FaultInjector(ClusterProcesses cluster, ClusterView view, string topic, ChaosOptions options, History history)
{
    private readonly Random _random = new(options.Seed);
    private readonly List<(TimeSpan At, int Partition)> _bereft = [];

    /// <summary>Partitions that lost their leader by a kill, and when.</summary>
    public IReadOnlyList<(TimeSpan At, int Partition)> Bereft => _bereft;

    public int Count { get; private set; }

    /// <summary>Faults, until their time is over.</summary>
    public async Task RunAsync()
    {
        var end = history.Now + options.Duration;
        using var timer = new PeriodicTimer(options.Period);
        while (await timer.WaitForNextTickAsync() && history.Now < end)
        {
            var fault = options.Faults[_random.Next(options.Faults.Count)];
            await InflictAsync(fault);
            Count++;
        }
    }

    /// <summary>
    /// A broker that was declared dead ends itself as soon as it learns so; whoever runs brokers starts such a one again. That may
    /// be well after the fault: until the cluster is whole.
    /// </summary>
    public async Task SuperviseAsync(CancellationToken over)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(100));
        while (!over.IsCancellationRequested)
        {
            foreach (var member in cluster.Members.ToArray())
            {
                if (member.HasEndedByItself)
                {
                    Say($"broker {member.Id} has ended by itself; it is started again");
                    await member.StartAsync();
                }
            }

            await timer.WaitForNextTickAsync(CancellationToken.None);
        }
    }

    private Task InflictAsync(FaultKind fault) => fault switch
    {
        FaultKind.Kill => KillAsync(),
        FaultKind.Pause => PauseAsync(),
        FaultKind.Cut => CutAsync(),
        FaultKind.RollingRestart => RollAsync(),
        FaultKind.Scale => new Scaling(cluster, view, topic, Say).RunAsync(),
        FaultKind.KillAll => KillAllAsync(),
        _ => throw new ArgumentOutOfRangeException(nameof(fault)),
    };

    private async Task KillAsync()
    {
        var partitions = await Task.Run(() => view.Partitions(topic));
        var leaders = partitions?.Select(partition => partition.Leader).Where(leader => leader >= 0).Distinct().ToArray() ?? [];
        if (leaders.Length == 0)
        {
            Say("nobody leads; nobody is killed");
            return;
        }

        var victim = cluster.Member(leaders[_random.Next(leaders.Length)]);
        var led = partitions!.Where(partition => partition.Leader == victim.Id).Select(partition => partition.PartitionId).ToArray();
        var at = history.Now;
        await victim.KillAsync();
        _bereft.AddRange(led.Select(partition => (at, partition)));
        Say($"killed broker {victim.Id}, leader of {string.Join(' ', led)}");
        await Task.Delay(options.Period / 5);
        await victim.StartAsync();
        Say($"broker {victim.Id} is back");
    }

    private async Task PauseAsync()
    {
        var victim = Anyone();
        var length = TimeSpan.FromSeconds(_random.Next(1, 9));
        Say($"broker {victim.Id} stands still for {length.TotalSeconds} s");
        await victim.Process!.PauseAsync();
        await Task.Delay(length);
        await victim.Process.ResumeAsync();
        Say($"broker {victim.Id} goes on");
        await Task.Delay(options.Period);
    }

    private Task CutAsync()
    {
        var victim = Anyone();
        Say($"clients of broker {victim.Id} are cut off");
        victim.CutClients();
        return Task.CompletedTask;
    }

    private async Task RollAsync()
    {
        foreach (var member in cluster.Members.ToArray())
        {
            Say($"broker {member.Id} restarts");
            await member.StopAsync();
            await member.StartAsync();
            await view.UntilHealthyAsync(topic, TimeSpan.FromSeconds(60));
        }
    }

    private async Task KillAllAsync()
    {
        Say("all brokers are killed at once");
        await Task.WhenAll(cluster.Members.Select(member => member.KillAsync()));
        await Task.WhenAll(cluster.Members.Select(member => member.StartAsync()));
        Say("all brokers are back");
    }

    private BrokerMember Anyone()
    {
        var up = cluster.Members.Where(member => member.IsUp).ToArray();
        return up[_random.Next(up.Length)];
    }

    private void Say(string text) => options.Report?.Invoke($"{history.Now:mm\\:ss\\.fff} {text}");
}
