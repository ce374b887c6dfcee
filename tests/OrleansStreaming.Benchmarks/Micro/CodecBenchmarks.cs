using BenchmarkDotNet.Attributes;
using OrleansStreaming.Kafka.Protocol;
using OrleansStreaming.Kafka.Protocol.Messages;
using OrleansStreaming.Records.Sources;

namespace OrleansStreaming.Benchmarks.Micro;

/// <summary>
/// Reading a produce request and writing its answer, and the same for a fetch. Budgets are per request with one partition,
/// whatever its batch holds.
/// </summary>
[MemoryDiagnoser]
public class CodecBenchmarks : IDisposable
{
    private const short ProduceVersion = 9;
    private const short FetchVersion = 12;

    private readonly ProtocolWriter _writer = new(4096);
    private readonly MemoryRecords _records = new(SampleBatch.Of(1024, 1000 * 1024));
    private readonly byte[] _produce;
    private readonly byte[] _fetch;

    public CodecBenchmarks()
    {
        _produce = Bytes(
            new ProduceRequest { Acks = -1, TimeoutMs = 30_000, TopicData = { new() { Name = "bench", PartitionData = { new() { Index = 1, Records = _records } } } } },
            ProduceVersion);
        _fetch = Bytes(
            new FetchRequest { MaxWaitMs = 500, MinBytes = 1, Topics = { new() { Topic = "bench", Partitions = { new() { Partition = 1, PartitionMaxBytes = 1 << 20 } } } } },
            FetchVersion);
    }

    [Benchmark, AllocationBudget(800)]
    public int ReadProduceRequest()
    {
        var reader = new ProtocolReader(_produce);
        return ProduceRequest.Read(ref reader, ProduceVersion).TopicData.Count;
    }

    [Benchmark, AllocationBudget(900)]
    public long WriteProduceResponse()
    {
        _writer.Reset();
        new ProduceResponse { Responses = { new() { Name = "bench", PartitionResponses = { new() { Index = 1, BaseOffset = 42 } } } } }
            .Write(_writer, ProduceVersion);
        return _writer.TotalLength;
    }

    [Benchmark, AllocationBudget(1000)]
    public int ReadFetchRequest()
    {
        var reader = new ProtocolReader(_fetch);
        return FetchRequest.Read(ref reader, FetchVersion).Topics.Count;
    }

    [Benchmark, AllocationBudget(1000)]
    public long WriteFetchResponse()
    {
        _writer.Reset();
        new FetchResponse { Responses = { new() { Topic = "bench", Partitions = { new() { PartitionIndex = 1, HighWatermark = 42, Records = _records } } } } }
            .Write(_writer, FetchVersion);
        return _writer.TotalLength;
    }

    public void Dispose() => _writer.Dispose();

    private byte[] Bytes(IRequestMessage request, short version)
    {
        _writer.Reset();
        request.Write(_writer, version);
        var written = _writer.Written;
        using var bytes = new MemoryStream();
        var at = 0;
        foreach (var (position, source) in _writer.Splices)
        {
            bytes.Write(written.Span[at..position]);
            var piece = new byte[source.Length];
            source.CopyTo(0, piece);
            bytes.Write(piece);
            at = position;
        }

        bytes.Write(written.Span[at..]);
        return bytes.ToArray();
    }
}
