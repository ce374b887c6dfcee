using OrleansStreaming.Cli.Tests.Support;

namespace OrleansStreaming.Cli.Tests.Commands;

public sealed class UsageTests
{
    public static TheoryData<string, string> Wrong => new()
    {
        { "topic", "Required command" },
        { "bogus", "'bogus'" },
        { "topic list --no-such-option", "--no-such-option" },
        { "topic create", "Required argument" },
        { "topic create t --partitions many", "many" },
        { "topic create t --config retention.ms", "not NAME=VALUE" },
        { "topic create t --config a=1 --config a=2", "given twice" },
        { "topic alter t", "Nothing to change" },
        { "topic list --bootstrap http://x", "not HOST:PORT" },
        { "topic list --bootstrap h:99999", "not HOST:PORT" },
        { "topic list --bootstrap h:1 --cluster-dir d", "name one" },
        { "topic list --timeout 0", "--timeout" },
        { "topic list --output xml", "'xml' is none of table, json." },
        { "consume orders --stop-at-ned", "no option '--stop-at-ned'" },
        { "consume orders --group-protocol consumer", "goes with --group" },
        { "consume orders -g g --group-protocol modern", "'modern' is none of classic, consumer." },
        { "topic delete --all", "no option '--all'" },
        { "group describe -x", "no option '-x'" },
        { "produce orders --fromat json", "no option '--fromat'" },
        { "consume t --from yesterday", "--from" },
        { "consume t --group g --partition 0", "--partition or --group" },
        { "consume t --group g --from 5", "reset-offsets" },
        { "consume t --count 0", "--count" },
        { "produce t --format hex", "--format" },
        { "produce t --header broken", "not NAME=VALUE" },
        { "produce t --acks two", "'two' is none of none, leader, all." },
        { "produce t --compression rar", "'rar' is none of none, gzip" },
        { "produce t /no/such/file", "/no/such/file" },
        { "group reset-offsets g --to soon --topic t", "--to" },
        { "group reset-offsets nobody --to end", "name a topic" },
        { "config get", "Whose configs" },
        { "config get --topic a --broker 1", "Whose configs" },
        { "config set --topic a", "Nothing to change" },
        { "cluster reassign --topic orders", "--replicas" },
        { "cluster reassign --topic orders --replicas a,b", "broker ids" },
        { "cluster elect --partition 1", "needs --topic" },
        { "log dump /no/such/folder", "/no/such/folder" },
        { "perf produce t --records 0", "--records" },
        { "perf latency t --size 4", "--size" },
    };

    [Theory]
    [MemberData(nameof(Wrong))]
    public async Task BadUsageIsOneLineAndTwo(string arguments, string expected)
    {
        var cluster = new FakeCluster();
        cluster.AddTopic("orders", 2);

        var run = await ToolRun.OverAsync(cluster, arguments.Split(' '));

        Assert.Equal(2, run.ExitCode);
        Assert.Contains(expected, run.Error);
        Assert.DoesNotContain("   at ", run.Error);
        Assert.Empty(run.Output);
    }

    [Fact]
    public async Task WithoutAClusterTheWaysToNameOneAreTold()
    {
        var run = await ToolRun.RealAsync(["topic", "list"]);

        Assert.Equal(2, run.ExitCode);
        Assert.Contains("--bootstrap", run.Error);
        Assert.Contains("OSTREAM_CLUSTER_DIR", run.Error);
    }

    [Theory]
    [InlineData("topic describe nowhere", "There is no topic 'nowhere'")]
    [InlineData("group describe nobody", "There is no group 'nobody'")]
    [InlineData("group lag nobody", "There is no group 'nobody'")]
    [InlineData("config get --topic orders no.such.config", "There is no config 'no.such.config'")]
    [InlineData("perf consume nowhere --partition", "")]
    public async Task WhatIsNotThereIsRefused(string arguments, string expected)
    {
        var run = await ToolRun.OverAsync(new FakeCluster(), arguments.Split(' '));

        Assert.Equal(expected.Length == 0 ? 2 : 1, run.ExitCode);
        Assert.Contains(expected, run.Error);
    }
}
