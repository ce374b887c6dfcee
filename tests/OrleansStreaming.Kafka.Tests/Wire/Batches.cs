using System.Text;
using OrleansStreaming.Records.Batches;
using OrleansStreaming.Records.Compression;
using OrleansStreaming.Records.Sources;

namespace OrleansStreaming.Kafka.Tests.Wire;

/// <summary>Record batches for requests, and what is in those of answers.</summary>
internal static class Batches
{
    public static byte[] Of(params string[] values) => Build(null, 1_000, [.. values.Select(Encoding.UTF8.GetBytes)]);

    public static byte[] At(long timestamp, string value) => Build(null, timestamp, Encoding.UTF8.GetBytes(value));

    /// <summary>One record of this many bytes that differ by <paramref name="seed"/>.</summary>
    public static byte[] Large(int bytes, int seed = 1)
    {
        var value = new byte[bytes];
        new Random(seed).NextBytes(value);
        return Build(null, 1_000, value);
    }

    public static byte[] Compressed(CompressionType type, string value) =>
        Build(new BatchOptions { Compression = type }, 1_000, Encoding.UTF8.GetBytes(value));

    /// <summary>Of producer 1 in its first epoch.</summary>
    public static byte[] InSequence(int sequence, string value) =>
        Build(new BatchOptions { ProducerId = 1, ProducerEpoch = 0, BaseSequence = sequence }, 1_000, Encoding.UTF8.GetBytes(value));

    /// <summary>The bytes of a source.</summary>
    public static byte[] Bytes(RecordSource? records)
    {
        Assert.NotNull(records);
        var bytes = new byte[records.Length];
        records.CopyTo(0, bytes);
        return bytes;
    }

    /// <summary>The same batch as a producer sent it: without what the leader stamps.</summary>
    public static byte[] Unstamped(byte[] batch)
    {
        var copy = batch.ToArray();
        BatchPatcher.StampOffsetAndEpoch(new(copy), 0, BatchHeader.NoLeaderEpoch);
        return copy;
    }

    private static byte[] Build(BatchOptions? options, long timestamp, params byte[][] values)
    {
        using var builder = new BatchBuilder(options);
        foreach (var value in values)
        {
            builder.Append(timestamp, null, value);
        }

        return builder.Build().ToArray();
    }
}
