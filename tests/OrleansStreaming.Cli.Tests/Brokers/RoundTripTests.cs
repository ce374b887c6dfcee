using System.Text.Json;
using OrleansStreaming.Cli.Tests.Support;

namespace OrleansStreaming.Cli.Tests.Brokers;

/// <summary>The tool as it is against a broker process: everything over the Kafka port, and over the Orleans client alike.</summary>
[Collection(BrokerCollection.Name)]
public sealed class RoundTripTests(BrokerProcess broker)
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task TopicsAreCreatedDescribedAlteredAndDeleted(bool overKafka)
    {
        var topic = NewTopic();
        (await Run(overKafka, $"topic create {topic} -p 2 -c retention.ms=100000")).Done();
        Assert.Equal(1, (await Run(overKafka, $"topic create {topic}")).ExitCode);
        Assert.Contains(topic, (await Run(overKafka, "topic list")).Done().Output);
        (await Run(overKafka, $"topic alter {topic} -p 3 --set max.message.bytes=2000000 --unset retention.ms")).Done();

        using (var json = JsonDocument.Parse((await Run(overKafka, $"topic describe {topic} -o json")).Done().Output))
        {
            Assert.Equal(3, json.RootElement.GetProperty("partitions").GetArrayLength());
            Assert.Equal("""{"max.message.bytes":"2000000"}""", json.RootElement.GetProperty("configs").GetRawText());
        }

        (await Run(overKafka, $"topic delete {topic}")).Done();
        Assert.Equal(1, (await Run(overKafka, $"topic describe {topic}")).ExitCode);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task RecordsGoThereAndBack(bool overKafka)
    {
        var topic = NewTopic();
        (await Run(overKafka, $"topic create {topic} -p 3")).Done();
        var lines = Enumerable.Range(0, 200).Select(i => $"key-{i % 7}:value {i}").ToArray();
        (await Run(overKafka, $"produce {topic} -K : -z gzip -H source=test", string.Join('\n', lines))).Done();

        var back = (await Run(overKafka, $"consume {topic} -e -K :")).Done().Lines;
        Assert.Equal(lines.Order(), back.Order());
        Assert.Equal(lines.Where(line => line.StartsWith("key-3:", StringComparison.Ordinal)), back.Where(line => line.StartsWith("key-3:", StringComparison.Ordinal)));
        Assert.Equal(5, (await Run(overKafka, $"consume {topic} --from beginning -n 5")).Done().Lines.Length);

        using var json = JsonDocument.Parse((await Run(overKafka, $"consume {topic} -e -f json -k key-2 -n 1")).Done().Output);
        Assert.Equal("key-2", json.RootElement.GetProperty("key").GetString());
        Assert.Equal("source", json.RootElement.GetProperty("headers")[0].GetProperty("name").GetString());
    }

    /// <summary>Both ways put a key into the same partition, and see the same records.</summary>
    [Fact]
    public async Task BothWaysAgree()
    {
        var topic = NewTopic();
        (await Run(true, $"topic create {topic} -p 5")).Done();
        var lines = string.Join('\n', Enumerable.Range(0, 50).Select(i => $"k{i}:v"));
        (await Run(true, $"produce {topic} -K :", lines)).Done();
        (await Run(false, $"produce {topic} -K :", lines)).Done();

        var records = (await Run(true, $"consume {topic} -e -f json")).Done().Lines.Select(line => JsonDocument.Parse(line).RootElement).ToArray();
        Assert.Equal(100, records.Length);
        Assert.All(
            records.GroupBy(record => record.GetProperty("key").GetString()),
            key => Assert.Single(key.Select(record => record.GetProperty("partition").GetInt32()).Distinct()));
        Assert.Equal(
            records.Select(record => record.GetRawText()).Order(),
            (await Run(false, $"consume {topic} -e -f json")).Done().Lines.Order());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task OffsetsAndTimesAreFound(bool overKafka)
    {
        var topic = NewTopic();
        (await Run(overKafka, $"topic create {topic} -p 1")).Done();
        var lines = Enumerable.Range(0, 10).Select(i => $$"""{"value":"v{{i}}","timestamp":{{1_700_000_000_000 + (i * 1000)}}}""");
        (await Run(overKafka, $"produce {topic} -f json", string.Join('\n', lines))).Done();

        Assert.Equal(["v7", "v8", "v9"], (await Run(overKafka, $"consume {topic} -e --from 7")).Done().Lines);
        Assert.Equal(["v8", "v9"], (await Run(overKafka, $"consume {topic} -e -p 0 --from 2023-11-14T22:13:28Z")).Done().Lines);
        Assert.Empty((await Run(overKafka, $"consume {topic} -e --from end")).Done().Output);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task GroupsReadOnWhereTheyWere(bool overKafka)
    {
        var topic = NewTopic();
        var group = $"g-{topic}";
        (await Run(overKafka, $"topic create {topic} -p 1")).Done();
        (await Run(overKafka, $"produce {topic}", "a\nb\nc\nd\n")).Done();

        Assert.Equal(["a"], (await Run(overKafka, $"consume {topic} -g {group} --from beginning -n 1")).Done().Lines);
        Assert.Equal(["b", "c"], (await Run(overKafka, $"consume {topic} -g {group} -n 2")).Done().Lines);
        Assert.Equal($$"""[{"topic":"{{topic}}","partition":0,"committed":3,"end":4,"lag":1}]""", (await Run(overKafka, $"group lag {group} -o json")).Done().Output.Trim());
        Assert.Contains(group, (await Run(overKafka, "group list")).Done().Output);
        Assert.Contains("Empty", (await Run(overKafka, $"group describe {group}")).Done().Output);

        (await Run(overKafka, $"group reset-offsets {group} --to 1")).Done();
        Assert.Equal(["b", "c", "d"], (await Run(overKafka, $"consume {topic} -g {group} -e")).Done().Lines);
        (await Run(overKafka, $"group delete {group}")).Done();
        Assert.Equal(1, (await Run(overKafka, $"group describe {group}")).ExitCode);
    }

    [Fact]
    public async Task GroupsOfTheConsumerProtocolReadOnWhereTheyWere()
    {
        var topic = NewTopic();
        var group = $"g-{topic}";
        (await Run(true, $"topic create {topic} -p 2")).Done();
        (await Run(true, $"produce {topic} -p 0", "a\nb\nc\n")).Done();
        (await Run(true, $"produce {topic} -p 1", "d\n")).Done();
        (await Run(true, $"config set -g {group} consumer.heartbeat.interval.ms=6000")).Done();

        var read = $"consume {topic} -g {group} --group-protocol consumer";
        Assert.Single((await Run(true, $"{read} --from beginning -n 1")).Done().Lines);
        Assert.Equal(3, (await Run(true, $"{read} --from beginning -e")).Done().Lines.Length);
        Assert.Empty((await Run(true, $"{read} -e")).Done().Output);

        using var described = JsonDocument.Parse((await Run(true, $"group describe {group} -o json")).Done().Output);
        Assert.Equal(("Empty", "uniform"), (described.RootElement.GetProperty("state").GetString(), described.RootElement.GetProperty("assignor").GetString()));
        using var lag = JsonDocument.Parse((await Run(true, $"group lag {group} -o json")).Done().Output);
        Assert.Equal([3, 1], lag.RootElement.EnumerateArray().Select(partition => partition.GetProperty("committed").GetInt32()));
        Assert.Matches(@"consumer\.heartbeat\.interval\.ms\s+6000\s+GroupConfig", (await Run(true, $"config get -g {group}")).Done().Output);

        var refused = await Run(false, read);
        Assert.Equal(2, refused.ExitCode);
        Assert.Contains("--bootstrap", refused.Error);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task ConfigsAndTheClusterAreShown(bool overKafka)
    {
        Assert.Contains("num.partitions", (await Run(overKafka, "config get --broker 1 --all")).Done().Output);
        Assert.Matches(@"brokers\s+1", (await Run(overKafka, "cluster describe")).Done().Output);
        Assert.Matches(@"1\s+127\.0\.0\.1", (await Run(overKafka, "cluster brokers")).Done().Output);

        var topic = NewTopic();
        (await Run(overKafka, $"topic create {topic}")).Done();
        (await Run(overKafka, $"config set -t {topic} segment.bytes=2000000")).Done();
        Assert.Matches(@"segment\.bytes\s+2000000\s+TopicConfig", (await Run(overKafka, $"config get -t {topic}")).Done().Output);
        Assert.Equal(1, (await Run(overKafka, $"config set -t {topic} segment.bytes=nonsense")).ExitCode);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task PartitionsAreElectedAndMoved(bool overKafka)
    {
        var topic = NewTopic();
        (await Run(overKafka, $"topic create {topic} -p 2")).Done();

        (await Run(overKafka, $"cluster elect -t {topic}")).Done();
        (await Run(overKafka, $"cluster reassign -t {topic} -p 1 --replicas 1")).Done();
        Assert.Equal("[]", (await Run(overKafka, "cluster reassign --list -o json")).Done().Output.Trim());
        var refused = await Run(overKafka, $"cluster reassign -t {topic} -p 0 --replicas 77");
        Assert.Equal(1, refused.ExitCode);
        Assert.Contains("INVALID_REPLICA_ASSIGNMENT", refused.Output);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task MeasurementsGiveTheSameReport(bool overKafka)
    {
        var topic = NewTopic();
        (await Run(overKafka, $"topic create {topic} -p 2")).Done();

        Check(await Run(overKafka, $"perf produce {topic} -n 500 --json"), 500, hasLatency: true);
        Check(await Run(overKafka, $"perf consume {topic} -n 400 --json"), 400, hasLatency: false);
        Check(await Run(overKafka, $"perf latency {topic} -n 100 --rate 2000 --json"), 100, hasLatency: true);

        static void Check(ToolRun run, int records, bool hasLatency)
        {
            using var json = JsonDocument.Parse(run.Done().Output);
            string[] fields = ["test", "topic", "records", "failed", "bytes", "seconds", "recordsPerSecond", "mibPerSecond", .. hasLatency ? ["latency"] : (string[])[]];
            Assert.Equal(fields, json.RootElement.EnumerateObject().Select(field => field.Name));
            Assert.Equal(records, json.RootElement.GetProperty("records").GetInt32());
            Assert.Equal(records * 100, json.RootElement.GetProperty("bytes").GetInt32());
        }
    }

    [Theory]
    [InlineData(true, "produce nowhere", "There is no topic 'nowhere'")]
    [InlineData(false, "produce nowhere", "There is no topic 'nowhere'")]
    [InlineData(true, "consume nowhere -e", "There is no topic 'nowhere'")]
    [InlineData(false, "consume nowhere -e", "There is no topic 'nowhere'")]
    [InlineData(true, "topic delete nowhere", "nowhere")]
    [InlineData(true, "group lag nobody", "There is no group 'nobody'")]
    [InlineData(true, "config get --topic nowhere", "nowhere")]
    public async Task WhatIsNotThereIsRefused(bool overKafka, string arguments, string expected)
    {
        var run = await Run(overKafka, arguments, "a\n");

        Assert.Equal(1, run.ExitCode);
        Assert.Contains(expected, run.Error);
        Assert.DoesNotContain("   at ", run.Error);
    }

    [Fact]
    public async Task APartitionThatIsNotThereIsRefused()
    {
        var topic = NewTopic();
        (await Run(true, $"topic create {topic} -p 1")).Done();

        Assert.Contains("partitions 0 to 0", (await Run(true, $"consume {topic} -p 1")).Error);
        Assert.Contains("partitions 0 to 0", (await Run(true, $"produce {topic} -p 1", "a")).Error);
    }

    [Fact]
    public async Task SegmentFilesAreShown()
    {
        var topic = NewTopic();
        (await Run(true, $"topic create {topic} -p 1")).Done();
        (await Run(true, $"produce {topic} -K :", "k:a\nk:b\nk:c")).Done();
        var folder = Path.Combine(broker.DataDirectory, $"{topic}-0");

        using var batches = JsonDocument.Parse((await ToolRun.RealAsync(["log", "dump", folder, "-o", "json"])).Done().Output);
        Assert.Equal(3, batches.RootElement.EnumerateArray().Sum(batch => batch.GetProperty("records").GetInt32()));
        Assert.All(batches.RootElement.EnumerateArray(), batch => Assert.True(batch.GetProperty("valid").GetBoolean()));

        var records = await ToolRun.RealAsync(["log", "dump", folder, "--records", "-f", "hex", "--from-offset", "1"]);
        Assert.Equal([$"{topic}-0@1 key=6b value=62", $"{topic}-0@2 key=6b value=63"], records.Done().Lines);
    }

    private static string NewTopic() => $"t{Guid.NewGuid():N}"[..12];

    private Task<ToolRun> Run(bool overKafka, string arguments, string input = "") =>
        ToolRun.RealAsync([.. arguments.Split(' '), .. broker.Way(overKafka)], input);
}
