using System.Text;
using System.Text.Json;
using OrleansStreaming.Cli.Clusters;
using OrleansStreaming.Cli.Tests.Support;
using OrleansStreaming.Client;
using OrleansStreaming.Records.Compression;
using OrleansStreaming.Records.Ids;

namespace OrleansStreaming.Cli.Tests.Commands;

public sealed class DataCommandTests
{
    private readonly FakeCluster _cluster = new();

    public DataCommandTests() => _cluster.AddTopic("orders", 1, "one", "two", "three");

    [Fact]
    public async Task LinesBecomeRecords()
    {
        var run = await Run("produce orders -K : --header a=b --partition 3 -z gzip --acks leader --linger 5", "k1:v1\nk2:v:2\n");

        Assert.Empty(run.Done().Output);
        Assert.Equal(["k1=v1", "k2=v:2"], _cluster.Written.Select(record => $"{Text(record.Key)}={Text(record.Value)}"));
        Assert.All(_cluster.Written, record => Assert.Equal(("a", "b", 3), (record.Headers[0].Key, Encoding.UTF8.GetString(record.Headers[0].Value!.Value.Span), record.Partition)));
        Assert.Equal((Acknowledgement.Leader, CompressionType.Gzip, TimeSpan.FromMilliseconds(5)), (_cluster.Writer!.Acks, _cluster.Writer.Compression, _cluster.Writer.Linger));
    }

    [Fact]
    public async Task WithoutAKeyThereIsNone()
    {
        (await Run("produce orders", "v")).Done();

        Assert.Null(Assert.Single(_cluster.Written).Key);
    }

    [Fact]
    public async Task JsonLinesBecomeRecords()
    {
        const string Input = """
            {"key":"k","value":{"a": 1},"headers":{"h":"x"},"timestamp":5}
            {"valueBase64":"AP8=","toPartition":2}
            {"key":"gone","value":null}
            """;

        (await Run("produce orders --format json", Input)).Done();

        Assert.Equal("""{"a": 1}""", Text(_cluster.Written[0].Value));
        Assert.Equal("h", _cluster.Written[0].Headers[0].Key);
        Assert.Equal(5, _cluster.Written[0].Timestamp);
        Assert.Equal([0, 255], _cluster.Written[1].Value!);
        Assert.Equal(2, _cluster.Written[1].Partition);
        Assert.Null(_cluster.Written[2].Value);
    }

    [Theory]
    [InlineData("produce orders --format json", "[1]", "Line 1")]
    [InlineData("produce orders --format json", "{}\nnonsense", "Line 2")]
    [InlineData("produce orders --format json", """{"headers":[{"h":"1"}]}""", "Line 1")]
    [InlineData("produce orders --format json", """{"headers":[{"name":null}]}""", "Line 1")]
    [InlineData("produce orders --format json", """{"headers":["h"]}""", "Line 1")]
    [InlineData("produce orders --format json", """{"headers":5}""", "Line 1")]
    [InlineData("produce orders --format json", """{"toPartition":"x"}""", "Line 1")]
    [InlineData("produce orders --format json", """{"timestamp":1.5}""", "Line 1")]
    [InlineData("produce orders --format json", """{"valueBase64":"?"}""", "Line 1")]
    [InlineData("produce orders -K ;", "no separator here", "Line 1")]
    public async Task AWrongLineIsNamed(string arguments, string input, string expected)
    {
        var run = await Run(arguments, input);

        Assert.Equal(2, run.ExitCode);
        Assert.Contains(expected, run.Error);
    }

    [Fact]
    public async Task FilesAreReadWholeOrByLine()
    {
        var file = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName());
        await File.WriteAllTextAsync(file, "a\nb\n");
        try
        {
            (await ToolRun.OverAsync(_cluster, ["produce", "orders", file])).Done();
            (await ToolRun.OverAsync(_cluster, ["produce", "orders", file, "--whole-files"])).Done();
        }
        finally
        {
            File.Delete(file);
        }

        Assert.Equal(["a", "b", "a\nb\n"], _cluster.Written.Select(record => Text(record.Value)));
    }

    [Fact]
    public async Task RecordsAreText()
    {
        Assert.Equal("one\ntwo\nthree\n", (await Run("consume orders")).Done().Output);
        Assert.Equal(["k=one", "k=two"], (await Run("consume orders -K = -n 2")).Done().Lines);
    }

    [Fact]
    public async Task ACountEndsInTheMiddleOfAChunk()
    {
        (await Run("consume orders --count 2")).Done();

        Assert.Equal(new Offset(2), _cluster.Processed[new TopicPartition("orders", 0)]);
    }

    [Fact]
    public async Task RecordsAreJsonThatCanBeProduced()
    {
        var run = await Run("consume orders --format json --count 1");
        (await Run("produce copy --format json", run.Done().Output)).Done();

        using var line = JsonDocument.Parse(run.Output);
        Assert.Equal("one", line.RootElement.GetProperty("value").GetString());
        Assert.Equal(0, line.RootElement.GetProperty("offset").GetInt64());
        Assert.Equal("one", Text(Assert.Single(_cluster.Written).Value));
        Assert.Null(_cluster.Written[0].Partition);
    }

    [Fact]
    public async Task RecordsAreHex() => Assert.Equal("orders-0@0 key=6b value=6f6e65", (await Run("consume orders -f hex -n 1")).Done().Lines[0]);

    [Fact]
    public async Task OnlyRecordsOfAKey()
    {
        Assert.Equal(3, (await Run("consume orders --key k")).Done().Lines.Length);
        Assert.Empty((await Run("consume orders --key other")).Done().Output);
    }

    [Fact]
    public async Task PositionsArePassedOn()
    {
        await Run("consume orders");
        Assert.Equal(StartPosition.End, _cluster.Feed!.Start);
        await Run("consume orders -e -p 0 -p 2");
        Assert.Equal(StartPosition.Beginning, _cluster.Feed.Start);
        Assert.Equal([0, 2], _cluster.Feed.Partitions!);
        await Run("consume orders --from 17 --read-committed");
        Assert.Equal(StartPosition.At(17), _cluster.Feed.Start);
        Assert.True(_cluster.Feed.ReadCommitted);
        await Run("consume orders --from 2026-01-31T12:00:00Z");
        Assert.Equal(StartPosition.At(new DateTimeOffset(2026, 1, 31, 12, 0, 0, TimeSpan.Zero)), _cluster.Feed.Start);
    }

    [Fact]
    public async Task MeasurementsReport()
    {
        using var produced = JsonDocument.Parse((await Run("perf produce orders -n 50 --size 10 --json")).Done().Output);
        Assert.Equal(50, produced.RootElement.GetProperty("records").GetInt64());
        Assert.Equal(500, produced.RootElement.GetProperty("bytes").GetInt64());
        Assert.True(produced.RootElement.GetProperty("latency").TryGetProperty("p999", out _));
        Assert.Matches(@"records\s+3", (await Run("perf consume orders")).Done().Output);
    }

    private static string Text(byte[]? bytes) => Encoding.UTF8.GetString(bytes!);

    private Task<ToolRun> Run(string arguments, string input = "") => ToolRun.OverAsync(_cluster, arguments.Split(' '), input);
}
