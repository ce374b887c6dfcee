using OrleansStreaming.Chaos.Scenarios;
using Xunit.Abstractions;

namespace OrleansStreaming.Cluster.IntegrationTests;

/// <summary>
/// Three real broker processes under load while things go wrong: nothing acknowledged is lost, repeated or moved, and a stock
/// client needs no help.
/// </summary>
public sealed class ChaosTests(ITestOutputHelper output)
{
    [LibrdkafkaFact]
    public Task KilledLeadersLoseNothing() => Run(new ChaosOptions { Duration = TimeSpan.FromSeconds(16), Period = TimeSpan.FromSeconds(5) });

    [LibrdkafkaFact]
    public Task ARollingRestartIsNoErrorToAStockClient() =>
        Run(new ChaosOptions { Faults = [FaultKind.RollingRestart], Duration = TimeSpan.FromSeconds(2), Period = TimeSpan.FromSeconds(1) });

    [LibrdkafkaFact]
    public Task TwoBrokersThatComeAndGoTakePartitionsAndGiveThemBack() =>
        Run(new ChaosOptions { Faults = [FaultKind.Scale], Duration = TimeSpan.FromSeconds(2), Period = TimeSpan.FromSeconds(1) });

    [LibrdkafkaFact]
    public Task AStoppedBrokerThatGoesOnDoesNoHarm() =>
        Run(new ChaosOptions { Faults = [FaultKind.Pause], Duration = TimeSpan.FromSeconds(6), Period = TimeSpan.FromSeconds(2) });

    [LibrdkafkaFact]
    public Task CutConnectionsAreMadeAgain() =>
        Run(new ChaosOptions { Faults = [FaultKind.Cut], Duration = TimeSpan.FromSeconds(5), Period = TimeSpan.FromSeconds(1) });

    [LibrdkafkaFact]
    public Task AllKilledAtOnceComeBackWithEverythingThatWasSynced() => Run(new ChaosOptions
    {
        Faults = [FaultKind.KillAll],
        Duration = TimeSpan.FromSeconds(6),
        Period = TimeSpan.FromSeconds(3),
        Rate = 100,
        BrokerConfigs = ["log.flush.interval.messages=1"],
    });

    private async Task Run(ChaosOptions options)
    {
        var result = await ChaosRun.RunAsync(options with { Report = output.WriteLine });
        output.WriteLine($"{result.Sent} sent, {result.Acknowledged} acknowledged, {result.Faults} faults. {result.RecoveryLine()}");
        foreach (var wrong in result.Wrong.Concat(result.FatalErrors).Take(20))
        {
            output.WriteLine(wrong);
        }

        Assert.True(result.Faults > 0, "No fault happened.");
        Assert.True(result.Acknowledged > 0, "Nothing was acknowledged.");
        Assert.Empty(result.Wrong);
        Assert.Empty(result.FatalErrors);
        Assert.Equal(result.Sent, result.Acknowledged);
    }
}
