using OrleansStreaming.Chaos.Clusters;

namespace OrleansStreaming.Cluster.IntegrationTests;

/// <summary>A broker that stood still for so long that the others go on without it.</summary>
public sealed class DeclaredDeadTests
{
    [Fact]
    public async Task ItEndsItselfWithAReasonAndAnExitCodeForWhoeverStartsItAgain()
    {
        await using var cluster = await ClusterProcesses.StartAsync(new ClusterOptions { Brokers = 2, HasProxies = false });
        var process = cluster.Member(2).Process!;
        await process.PauseAsync();
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(100));
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while (!cluster.Member(1).Process!.Log.Contains("is dead", StringComparison.Ordinal))
        {
            await timer.WaitForNextTickAsync(patience.Token);
        }

        await process.ResumeAsync();
        Assert.Equal(3, await process.WaitForEndAsync());
        Assert.Contains("has declared broker 2 dead", process.Log, StringComparison.Ordinal);
    }
}
