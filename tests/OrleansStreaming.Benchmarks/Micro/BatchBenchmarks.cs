using System.Buffers;
using BenchmarkDotNet.Attributes;
using OrleansStreaming.Records.Batches;
using OrleansStreaming.Records.Checksums;
using OrleansStreaming.Records.Errors;

namespace OrleansStreaming.Benchmarks.Micro;

/// <summary>What happens to each produced batch before it is written. 0 bytes: nothing per record, nothing per batch.</summary>
[MemoryDiagnoser]
public class BatchBenchmarks
{
    private static readonly BatchRules _rules = new() { Now = TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds() };

    private readonly ReadOnlySequence<byte> _small = new(SampleBatch.Of(100, 64 * 1024));
    private readonly ReadOnlySequence<byte> _large = new(SampleBatch.Of(1024, 1000 * 1024));

    /// <summary>About 600 records of 100 B.</summary>
    [Benchmark, AllocationBudget(0)]
    public ErrorCode ValidateSmallRecords() => BatchValidator.Validate(_small, _rules).Error;

    /// <summary>About 1,000 records of 1 KiB.</summary>
    [Benchmark, AllocationBudget(0)]
    public ErrorCode ValidateLargeRecords() => BatchValidator.Validate(_large, _rules).Error;

    /// <summary>1 MiB through CRC-32C alone: the floor of validation.</summary>
    [Benchmark, AllocationBudget(0)]
    public uint Checksum() => Crc32C.Compute(_large);

    /// <summary>Every record of a batch of about 600; the reader itself is the only object.</summary>
    [Benchmark, AllocationBudget(160)]
    public long ReadSmallRecords()
    {
        BatchReader.Open(_small, out var batch, checkCrc: false);
        using (batch)
        {
            var bytes = 0L;
            foreach (var record in batch!.Records())
            {
                bytes += record.Value.Length;
            }

            return bytes;
        }
    }
}
