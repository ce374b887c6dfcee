using OrleansStreaming.Chaos.Groups;
using Xunit.Abstractions;

namespace OrleansStreaming.Cluster.IntegrationTests;

/// <summary>
/// Groups of consumers - stock ones, each in a process of its own, and of KIP-848 - on three real broker processes under load: every partition has one
/// owner, every record is read, and no acknowledged commit is lost, whoever comes, goes or dies.
/// </summary>
public sealed class GroupTests(ITestOutputHelper output)
{
    [LibrdkafkaTheory]
    [InlineData(GroupProtocol.Eager)]
    [InlineData(GroupProtocol.Cooperative)]
    [InlineData(GroupProtocol.Consumer)]
    public Task TwoFourTwoAndMoreConsumersThanPartitions(GroupProtocol protocol) =>
        Run(new GroupRunOptions { Protocol = protocol, Sizes = [2, 4, 2, 8] });

    [LibrdkafkaTheory]
    [InlineData(GroupProtocol.Eager)]
    [InlineData(GroupProtocol.Cooperative)]
    [InlineData(GroupProtocol.Consumer)]
    public Task AKilledConsumersPartitionsMove(GroupProtocol protocol) => Run(new GroupRunOptions
    {
        Protocol = protocol,
        Sizes = [3],
        ConsumerKills = 1,
        SessionTimeout = TimeSpan.FromSeconds(2),
        BrokerConfigs = ["group.min.session.timeout.ms=1000", "group.consumer.min.session.timeout.ms=1000", "group.consumer.session.timeout.ms=2000"],
    });

    [LibrdkafkaTheory]
    [InlineData(GroupProtocol.Eager)]
    [InlineData(GroupProtocol.Cooperative)]
    [InlineData(GroupProtocol.Consumer)]
    public Task AKilledCoordinatorTakesNoCommitWithIt(GroupProtocol protocol) =>
        Run(new GroupRunOptions { Protocol = protocol, Sizes = [2], CoordinatorKills = 2 });

    private async Task Run(GroupRunOptions options)
    {
        var result = await GroupRun.RunAsync(options with
        {
            Report = output.WriteLine,
            Dwell = TimeSpan.FromMilliseconds(500),
            BrokerConfigs = ["group.initial.rebalance.delay.ms=0", "group.consumer.min.heartbeat.interval.ms=100", "group.consumer.heartbeat.interval.ms=300", .. options.BrokerConfigs],
        });
        output.WriteLine($"{result.Produced} produced, {result.Reads} read, {result.Repeated} more than once; {result.Commits} commits, refused: {result.Refusals}");

        Assert.Empty(result.Wrong);
        Assert.True(result.Produced > 0, "Nothing was produced.");
        Assert.True(result.Commits > 0, "Nothing was committed.");
    }
}
