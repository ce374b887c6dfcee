using OrleansStreaming.Chaos.Groups;
using Xunit.Abstractions;

namespace OrleansStreaming.Cluster.IntegrationTests;

/// <summary>
/// Groups of stock consumers, each in a process of its own, on three real broker processes under load: every partition has one
/// owner, every record is read, and no acknowledged commit is lost, whoever comes, goes or dies.
/// </summary>
public sealed class GroupTests(ITestOutputHelper output)
{
    [LibrdkafkaTheory]
    [InlineData(false)]
    [InlineData(true)]
    public Task TwoFourTwoAndMoreConsumersThanPartitions(bool isCooperative) =>
        Run(new GroupRunOptions { IsCooperative = isCooperative, Sizes = [2, 4, 2, 8] });

    [LibrdkafkaTheory]
    [InlineData(false)]
    [InlineData(true)]
    public Task AKilledConsumersPartitionsMove(bool isCooperative) => Run(new GroupRunOptions
    {
        IsCooperative = isCooperative,
        Sizes = [3],
        ConsumerKills = 1,
        SessionTimeout = TimeSpan.FromSeconds(2),
        BrokerConfigs = ["group.min.session.timeout.ms=1000"],
    });

    [LibrdkafkaTheory]
    [InlineData(false)]
    [InlineData(true)]
    public Task AKilledCoordinatorTakesNoCommitWithIt(bool isCooperative) =>
        Run(new GroupRunOptions { IsCooperative = isCooperative, Sizes = [2], CoordinatorKills = 2 });

    private async Task Run(GroupRunOptions options)
    {
        var result = await GroupRun.RunAsync(options with
        {
            Report = output.WriteLine,
            Dwell = TimeSpan.FromMilliseconds(500),
            BrokerConfigs = ["group.initial.rebalance.delay.ms=0", .. options.BrokerConfigs],
        });
        output.WriteLine($"{result.Produced} produced, {result.Reads} read, {result.Repeated} more than once; {result.Commits} commits, refused: {result.Refusals}");

        Assert.Empty(result.Wrong);
        Assert.True(result.Produced > 0, "Nothing was produced.");
        Assert.True(result.Commits > 0, "Nothing was committed.");
    }
}
