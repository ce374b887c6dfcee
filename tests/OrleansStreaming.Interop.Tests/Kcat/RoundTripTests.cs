using OrleansStreaming.Interop.Tests.Brokers;
using OrleansStreaming.Interop.Tests.Clients;
using OrleansStreaming.Processes.Brokers;
using OrleansStreaming.Processes.Tools;

namespace OrleansStreaming.Interop.Tests.Kcat;

/// <summary>A real file through a real client and back: the same lines, in order within each key.</summary>
[Collection(SharedBroker.Name)]
public sealed class RoundTripTests(SharedBroker shared) : IDisposable
{
    private const int Count = 120_000;

    private readonly KeyedLines _lines = new(Count);
    private readonly TemporaryFolder _folder = new();
    private readonly KcatClient _kcat = new(shared.Broker.Bootstrap);

    [KcatTheory]
    [InlineData("none", 0)]
    [InlineData("gzip", 1)]
    [InlineData("snappy", 2)]
    [InlineData("lz4", 3)]
    [InlineData("zstd", 4)]
    public async Task KeepsEveryLineUnderEachCompression(string codec, int number)
    {
        var topic = $"round-trip-{codec}";
        File.WriteAllText(_folder.File("lines"), _lines.Text);

        await _kcat.ProduceAsync(topic, _folder.File("lines"), "-z", codec);

        _lines.AssertReadBack(await _kcat.ConsumeAsync(topic));
        Assert.Equal(6, StoredBatches.PartitionsOf(shared.Broker.DataDirectory, topic));

        // What the producer chose is what is stored; librdkafka itself leaves a batch alone that would not shrink.
        var codecs = StoredBatches.CodecsOf(shared.Broker.DataDirectory, topic).ToArray();
        Assert.Contains(number, codecs);
        Assert.All(codecs, stored => Assert.True(stored == number || stored == 0, $"a batch was stored with codec {stored}"));
    }

    [KcatTheory]
    [InlineData("0")]
    [InlineData("1")]
    [InlineData("all")]
    public async Task KeepsEveryLineUnderEachAcknowledgement(string acks)
    {
        var topic = $"acks-{acks}";
        File.WriteAllText(_folder.File("lines"), _lines.Text);

        await _kcat.ProduceAsync(topic, _folder.File("lines"), "-X", $"acks={acks}");

        _lines.AssertReadBack(await _kcat.ConsumeAsync(topic));
    }

    [KcatFact]
    public async Task KeepsEveryLineOfAnIdempotentProducer()
    {
        File.WriteAllText(_folder.File("lines"), _lines.Text);

        await _kcat.ProduceAsync("idempotent", _folder.File("lines"), "-X", "enable.idempotence=true");

        _lines.AssertReadBack(await _kcat.ConsumeAsync("idempotent"));
    }

    [KcatFact]
    public async Task KeepsHeaders()
    {
        File.WriteAllText(_folder.File("lines"), "k:v\n");

        await _kcat.ProduceAsync("headers", _folder.File("lines"), "-H", "trace=42", "-H", "empty=", "-H", "trace=43");

        Assert.Equal(["trace=42,empty=,trace=43 k v"], await _kcat.ConsumeAsync("headers", "-f", "%h %k %s\n"));
    }

    [KcatFact]
    public async Task KeepsEmptyAndMissingKeysAndValues()
    {
        File.WriteAllText(_folder.File("lines"), "tombstone:\nno key\n");

        await _kcat.ProduceAsync("nulls", _folder.File("lines"), "-Z", "-p", "0");

        Assert.Equal(["9 -1", "-1 6"], await _kcat.ConsumeAsync("nulls", "-f", "%K %S\n"));
    }

    [KcatFact]
    public async Task OffsetsAreContiguousFromZero()
    {
        File.WriteAllText(_folder.File("lines"), _lines.Text);
        await _kcat.ProduceAsync("contiguous", _folder.File("lines"));

        var records = await _kcat.ReadRecordsAsync("contiguous");

        Assert.Equal(Count, records.Length);
        Assert.All(
            records.GroupBy(record => record.Partition),
            partition => Assert.Equal(Enumerable.Range(0, partition.Count()).Select(offset => (long)offset), partition.Select(record => record.Offset)));
        Assert.All(records.GroupBy(record => record.Key), key => Assert.Single(key.Select(record => record.Partition).Distinct()));
    }

    public void Dispose() => _folder.Dispose();
}
