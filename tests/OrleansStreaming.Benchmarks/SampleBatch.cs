using System.Buffers;
using OrleansStreaming.Records.Batches;

namespace OrleansStreaming.Benchmarks;

/// <summary>A producer's batch with records of one size, noise as values.</summary>
internal static class SampleBatch
{
    /// <param name="recordBytes">Bytes of each value.</param>
    /// <param name="batchBytes">The batch is as large as fits into this.</param>
    public static byte[] Of(int recordBytes, int batchBytes)
    {
        var value = new byte[recordBytes];
        new Random(recordBytes).NextBytes(value);
        var now = TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds();
        using var builder = new BatchBuilder();
        while (builder.Count == 0 || builder.SizeInBytes + BatchBuilder.UpperBoundOf(0, recordBytes, 0, 0) <= batchBytes)
        {
            builder.Append(now, null, value);
        }

        return builder.Build().ToArray();
    }
}
