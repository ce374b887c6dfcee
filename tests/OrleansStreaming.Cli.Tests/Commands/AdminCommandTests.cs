using System.Text.Json;
using OrleansStreaming.Cli.Tests.Support;
using OrleansStreaming.Contracts.Cluster;
using OrleansStreaming.Records.Ids;

namespace OrleansStreaming.Cli.Tests.Commands;

public sealed class AdminCommandTests
{
    private readonly FakeCluster _cluster = new();

    public AdminCommandTests() => _cluster.AddTopic("orders", 2, "a", "b", "c", "d");

    [Fact]
    public async Task CreatePassesEverythingOn()
    {
        var run = await Run("topic create t -p 6 -r 3 -c retention.ms=5 --config cleanup.policy=compact,delete");

        Assert.Equal("Created topic 't'.", run.Done().Output.Trim());
        Assert.Equal(6, _cluster.Created!.PartitionCount);
        Assert.Equal((short)3, _cluster.Created.ReplicationFactor);
        Assert.Equal("compact,delete", _cluster.Created.Configs["cleanup.policy"]);
        Assert.False(_cluster.Created.ValidateOnly);
    }

    [Fact]
    public async Task TopicsAreATableOrJson()
    {
        var table = await Run("topic list");
        var json = await Run("topic list -o json");

        Assert.Matches(@"TOPIC\s+PARTITIONS\s+REPLICAS\s+INTERNAL", table.Lines[0]);
        Assert.Matches(@"orders\s+2\s+1\s+no", table.Lines[1]);
        Assert.Equal("""[{"name":"orders","partitions":2,"replicationFactor":1,"internal":false}]""", json.Output.Trim());
    }

    [Fact]
    public async Task DescribeShowsOffsets()
    {
        using var json = JsonDocument.Parse((await Run("topic describe orders -o json")).Done().Output);

        var partition = json.RootElement.GetProperty("partitions")[1];
        Assert.Equal(1, partition.GetProperty("partition").GetInt32());
        Assert.Equal(0, partition.GetProperty("begin").GetInt64());
        Assert.Equal(4, partition.GetProperty("end").GetInt64());
        Assert.Equal("1000", json.RootElement.GetProperty("configs").GetProperty("retention.ms").GetString());
        Assert.Contains("retention.ms=1000", (await Run("topic describe orders")).Output);
    }

    [Fact]
    public async Task AlterChangesConfigsAndPartitions()
    {
        (await Run("topic alter orders --partitions 4 --set a=1 --unset b")).Done();

        Assert.Equal(["alter Topic orders", "grow orders 4"], _cluster.Log);
        Assert.Equal([("a", ConfigOperation.Set, "1"), ("b", ConfigOperation.Delete, null)], _cluster.Changes.Select(change => (change.Name, change.Operation, change.Value)));
    }

    [Fact]
    public async Task DeleteTakesSeveral()
    {
        (await Run("topic delete orders others")).Done();

        Assert.Equal(["delete topic orders", "delete topic others"], _cluster.Log);
    }

    [Fact]
    public async Task LagIsShown()
    {
        Assert.Matches(@"orders\s+0\s+1\s+4\s+3", (await Run("group lag billing")).Lines[1]);
        Assert.Equal("""[{"topic":"orders","partition":0,"committed":1,"end":4,"lag":3}]""", (await Run("group lag billing -o json")).Output.Trim());
    }

    [Fact]
    public async Task GroupsAndMembersAreShown()
    {
        Assert.Matches(@"billing\s+Stable\s+consumer", (await Run("group list")).Lines[1]);
        Assert.Contains("orders-0", (await Run("group describe billing")).Done().Output);
    }

    [Fact]
    public async Task ResetStaysInsideTheLog()
    {
        (await Run("group reset-offsets billing --topic orders --to 99")).Done();

        Assert.Equal(new Offset(4), _cluster.Committed[new TopicPartition("orders", 0)]);
        Assert.Equal(2, _cluster.Committed.Count);
    }

    [Fact]
    public async Task ADryRunChangesNothing()
    {
        var run = await Run("group reset-offsets billing --to beginning --dry-run");

        Assert.Matches(@"orders\s+0\s+0\s+4", run.Done().Lines[1]);
        Assert.Empty(_cluster.Committed);
    }

    [Fact]
    public async Task ConfigsLeaveDefaultsOutUnlessAsked()
    {
        Assert.DoesNotContain("cleanup.policy", (await Run("config get --topic orders")).Done().Output);
        Assert.Contains("cleanup.policy", (await Run("config get --topic orders --all")).Done().Output);
        Assert.Contains("cleanup.policy", (await Run("config get --broker 1 cleanup.policy")).Done().Output);
    }

    [Fact]
    public async Task ConfigsOfAllBrokersAreSet()
    {
        (await Run("config set --all-brokers a=1=2")).Done();

        Assert.Equal("1=2", Assert.Single(_cluster.Changes).Value);
        Assert.Equal(["alter Broker "], _cluster.Log);
    }

    [Fact]
    public async Task TheClusterIsShown()
    {
        Assert.Contains("abc", (await Run("cluster describe")).Done().Output);
        Assert.Equal("""[{"id":1,"host":"localhost","port":9092,"alive":true,"controller":true}]""", (await Run("cluster brokers -o json")).Output.Trim());
    }

    [Fact]
    public async Task PartitionsAreMoved()
    {
        (await Run("cluster reassign --topic orders --partition 1 --replicas 2,3")).Done();
        (await Run("cluster reassign --topic orders --cancel")).Done();

        Assert.Equal(["move orders-1 to 2,3", "move orders-0 to cancel", "move orders-1 to cancel"], _cluster.Log);
        Assert.Matches(@"orders\s+0\s+2\s+2\s+1", (await Run("cluster reassign --list")).Lines[1]);
    }

    [Fact]
    public async Task OneRefusedPartitionIsARefusal()
    {
        var run = await Run("cluster elect");

        Assert.Equal(1, run.ExitCode);
        Assert.Null(_cluster.Elected);
        Assert.Contains("not needed", run.Output);
        Assert.Contains("PREFERRED_LEADER_NOT_AVAILABLE", run.Output);
    }

    private Task<ToolRun> Run(string arguments) => ToolRun.OverAsync(_cluster, arguments.Split(' '));
}
