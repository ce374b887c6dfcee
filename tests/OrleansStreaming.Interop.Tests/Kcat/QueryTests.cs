using System.Text.Json;
using OrleansStreaming.Interop.Tests.Brokers;
using OrleansStreaming.Interop.Tests.Clients;
using OrleansStreaming.Processes.Brokers;
using OrleansStreaming.Processes.Tools;

namespace OrleansStreaming.Interop.Tests.Kcat;

/// <summary>Metadata and offsets by time, as kcat asks for them.</summary>
[Collection(SharedBroker.Name)]
public sealed class QueryTests(SharedBroker shared) : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly KcatClient _kcat = new(shared.Broker.Bootstrap);

    [KcatFact]
    public async Task ListsTheBrokerAndItsTopics()
    {
        File.WriteAllText(_folder.File("lines"), "k:v\n");
        await _kcat.ProduceAsync("listed", _folder.File("lines"));

        using var metadata = JsonDocument.Parse((await _kcat.RunAsync("-L", "-J")).Succeeded().Output);

        var broker = Assert.Single(metadata.RootElement.GetProperty("brokers").EnumerateArray());
        Assert.Equal(1, broker.GetProperty("id").GetInt32());
        Assert.Equal(shared.Broker.Bootstrap, broker.GetProperty("name").GetString());
        var topic = metadata.RootElement.GetProperty("topics").EnumerateArray().Single(topic => topic.GetProperty("topic").GetString() == "listed");
        var partitions = topic.GetProperty("partitions").EnumerateArray().ToArray();
        Assert.Equal([0, 1, 2, 3, 4, 5], partitions.Select(partition => partition.GetProperty("partition").GetInt32()));
        Assert.All(partitions, partition => Assert.Equal(1, partition.GetProperty("leader").GetInt32()));
        Assert.All(partitions, partition => Assert.Equal(1, Assert.Single(partition.GetProperty("isrs").EnumerateArray()).GetProperty("id").GetInt32()));
    }

    [KcatFact]
    public async Task ATransactionIsRefusedAndNotWaitedFor()
    {
        File.WriteAllText(_folder.File("lines"), "k:v\n");

        var refused = await _kcat.RunAsync("-P", "-t", "transactional", "-X", "transactional.id=t", "-l", _folder.File("lines"));

        Assert.NotEqual(0, refused.ExitCode);
        Assert.Contains("no transactions", refused.Errors);
    }

    [KcatFact]
    public async Task FindsOffsetsByTime()
    {
        File.WriteAllText(_folder.File("lines"), string.Concat(Enumerable.Range(0, 200).Select(i => $"k:{i}\n")));
        // No batching: records get timestamps of their own as the clock moves on.
        await _kcat.ProduceAsync("timed", _folder.File("lines"), "-p", "0", "-X", "linger.ms=0", "-X", "batch.num.messages=1", "-X", "max.in.flight=1");
        var records = await _kcat.ReadRecordsAsync("timed");
        Assert.Equal(200, records.Length);

        foreach (var timestamp in (long[])[records[0].Timestamp, records[100].Timestamp, records[^1].Timestamp, records[50].Timestamp + 1])
        {
            var expected = records.FirstOrDefault(record => record.Timestamp >= timestamp)?.Offset;
            var answer = (await _kcat.RunAsync("-Q", "-t", $"timed:0:{timestamp}")).Succeeded().Output.Trim();
            Assert.Equal($"timed [0] offset {expected ?? -1}", answer);
        }

        var later = (await _kcat.RunAsync("-C", "-q", "-t", "timed", "-p", "0", "-o", $"s@{records[100].Timestamp}", "-e", "-f", "%s\n")).Succeeded();
        Assert.Equal(records.Where(record => record.Timestamp >= records[100].Timestamp).Select(record => record.Value), later.Lines);
    }

    [KcatFact]
    public async Task ReadsFromAnyOffset()
    {
        File.WriteAllText(_folder.File("lines"), string.Concat(Enumerable.Range(0, 1000).Select(i => $"k:{i}\n")));
        await _kcat.ProduceAsync("offsets", _folder.File("lines"), "-p", "0");

        Assert.Equal(["998", "999"], (await _kcat.RunAsync("-C", "-q", "-t", "offsets", "-p", "0", "-o", "998", "-e")).Succeeded().Lines);
        Assert.Equal(["999"], (await _kcat.RunAsync("-C", "-q", "-t", "offsets", "-p", "0", "-o", "-1", "-e")).Succeeded().Lines);
        Assert.Equal(["0"], (await _kcat.RunAsync("-C", "-q", "-t", "offsets", "-p", "0", "-o", "beginning", "-c", "1")).Succeeded().Lines);
    }

    public void Dispose() => _folder.Dispose();
}
