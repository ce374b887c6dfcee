using OrleansStreaming.Cli.Kafka.Consuming;
using OrleansStreaming.Client;
using OrleansStreaming.Kafka.Protocol.Messages;
using OrleansStreaming.Records.Batches;
using OrleansStreaming.Records.Errors;
using OrleansStreaming.Records.Ids;
using OrleansStreaming.Records.Sources;

namespace OrleansStreaming.Cli.Tests.Kafka;

public sealed class ChunkDecoderTests
{
    private static readonly TopicPartition _partition = new("t", 0);

    [Fact]
    public void WhatWasNotAskedForAndWhatIsCutShortIsLeftOut()
    {
        var bytes = Batch(10, "a", "b", "c").Concat(Batch(13, "d")).Concat(Batch(14, "e")[..20]).ToArray();

        var chunk = Decode(bytes, from: 11);

        Assert.Equal([11, 12, 13], chunk.Records.Select(record => record.Offset.Value));
        Assert.Equal(new Offset(14), chunk.Next);
    }

    [Fact]
    public void AbortedTransactionsAreLeftOutUntilTheirMarker()
    {
        var aborted = Batch(0, new BatchOptions { ProducerId = 7, ProducerEpoch = 0, BaseSequence = 0, IsTransactional = true }, "x", "y");
        var other = Batch(2, new BatchOptions { ProducerId = 8, ProducerEpoch = 0, BaseSequence = 0, IsTransactional = true }, "z");
        var marker = new EndTransactionMarker(ControlRecordType.Abort, 0).ToBatch(7, 0, 0);
        System.Buffers.Binary.BinaryPrimitives.WriteInt64BigEndian(marker, 3);
        var later = Batch(4, new BatchOptions { ProducerId = 7, ProducerEpoch = 0, BaseSequence = 2, IsTransactional = true }, "w");

        var chunk = Decode([.. aborted, .. other, .. marker, .. later], from: 0, new FetchResponse.AbortedTransaction { ProducerId = 7, FirstOffset = 0 });

        Assert.Equal([2, 4], chunk.Records.Select(record => record.Offset.Value));
        Assert.Equal(new Offset(5), chunk.Next);
    }

    [Fact]
    public void DamageIsARefusal()
    {
        var bytes = Batch(0, "a");
        bytes[^1] ^= 1;

        Assert.Equal(ErrorCode.CorruptMessage, Assert.ThrowsAny<StreamingException>(() => Decode(bytes, from: 0)).Error);
    }

    private static FetchedChunk Decode(byte[] bytes, long from, params FetchResponse.AbortedTransaction[] aborted) => ChunkDecoder.Decode(
        _partition, new Offset(from), new FetchResponse.PartitionData { Records = new MemoryRecords(bytes), AbortedTransactions = [.. aborted] });

    private static byte[] Batch(long offset, params string[] values) => Batch(offset, BatchOptions.Default, values);

    private static byte[] Batch(long offset, BatchOptions options, params string[] values)
    {
        using var builder = new BatchBuilder(options with { BaseOffset = offset });
        foreach (var value in values)
        {
            builder.Append(1, null, System.Text.Encoding.UTF8.GetBytes(value));
        }

        return builder.Build().ToArray();
    }
}
