using System.Buffers;
using OrleansStreaming.Allocations;
using OrleansStreaming.Records.Batches;
using OrleansStreaming.Records.Compression;
using OrleansStreaming.Records.Errors;
using OrleansStreaming.Records.Tests.Compression;

namespace OrleansStreaming.Records.Tests.Batches;

public class CompressedBatchTests
{
    private const long Now = 1_700_000_000_000;

    private static readonly BatchRules Rules = new() { Now = Now };

    public static TheoryData<CompressionType> Codecs => [.. Payloads.Codecs];

    private static byte[] Build(CompressionType type, int records, int valueBytes = 100)
    {
        using BatchBuilder builder = new(new BatchOptions { Compression = type });
        for (int i = 0; i < records; i++)
        {
            builder.Append(Now + i, BitConverter.GetBytes(i), new byte[valueBytes], new RecordHeader("n", BitConverter.GetBytes(i)));
        }

        return builder.Build().ToArray();
    }

    /// <summary>A batch whose records section is whatever is given, under a right CRC.</summary>
    private static byte[] Wrap(CompressionType type, byte[] compressed, int count) =>
        new HandmadeBatch { Attributes = (short)type, RecordCount = count, LastOffsetDelta = count - 1, BaseTimestamp = Now }.With(compressed).ToBytes();

    [Theory]
    [MemberData(nameof(Codecs))]
    public void It_validates_and_reads_like_the_plain_one(CompressionType type)
    {
        byte[] batch = Build(type, 2_000);
        foreach (int size in (int[])[batch.Length, 1_000, 61, 7])
        {
            ReadOnlySequence<byte> sequence = Segments.Split(batch, size);
            BatchVerdict verdict = BatchValidator.Validate(sequence, Rules);
            Assert.True(verdict.IsAccepted, verdict.Message);
            Assert.Equal(Now + 1_999, verdict.MaxTimestamp);
            Assert.Equal(type, verdict.Header.Compression);

            Assert.Equal(ErrorCode.None, BatchReader.Open(sequence, out BatchReader? reader));
            using (reader)
            {
                int index = 0;
                foreach (RecordView record in reader!.Records())
                {
                    Assert.Equal(index, BitConverter.ToInt32(record.Key));
                    Assert.Equal(Now + index, record.Timestamp);
                    index++;
                }

                Assert.Equal(2_000, index);
            }
        }
    }

    [Theory]
    [MemberData(nameof(Codecs))]
    public void A_record_larger_than_the_decoders_window_is_walked(CompressionType type)
    {
        BatchVerdict verdict = BatchValidator.Validate(new ReadOnlySequence<byte>(Build(type, 3, valueBytes: 1_000_000)), Rules);
        Assert.True(verdict.IsAccepted, verdict.Message);
    }

    [Theory]
    [MemberData(nameof(Codecs))]
    public void Rules_for_records_hold_inside(CompressionType type)
    {
        using BatchBuilder builder = new(new BatchOptions { Compression = type });
        builder.Append(Now, [1], [1]);
        builder.Append(Now, null, [1]);
        BatchVerdict verdict = BatchValidator.Validate(new ReadOnlySequence<byte>(builder.Build()), Rules with { KeysRequired = true });
        Assert.Equal(ErrorCode.InvalidRecord, verdict.Error);
        Assert.Equal(1, Assert.Single(verdict.RecordErrors).Index);
    }

    [Theory]
    [MemberData(nameof(Codecs))]
    public void What_is_not_the_codecs_data_is_refused_and_not_stored(CompressionType type)
    {
        byte[] batch = Wrap(type, Payloads.Noise(500, seed: 9), 1);
        Assert.Equal(ErrorCode.InvalidRecord, BatchValidator.Validate(new ReadOnlySequence<byte>(batch), Rules).Error);
        Assert.Equal(ErrorCode.CorruptMessage, BatchReader.Open(new ReadOnlySequence<byte>(batch), out _));
        Assert.Equal(ErrorCode.InvalidRecord, BatchValidator.Validate(new ReadOnlySequence<byte>(Wrap(type, [], 1)), Rules).Error);
    }

    [Theory]
    [MemberData(nameof(Codecs))]
    public void Sound_data_that_holds_no_records_is_refused(CompressionType type)
    {
        byte[] batch = Wrap(type, Payloads.Compress(type, Payloads.Noise(500, seed: 10)), 1);
        Assert.Equal(ErrorCode.InvalidRecord, BatchValidator.Validate(new ReadOnlySequence<byte>(batch), Rules).Error);

        byte[] record = HandmadeBatch.Record(0, null, null);
        byte[] trailing = Wrap(type, Payloads.Compress(type, [.. record, 0]), 1);
        Assert.Equal(ErrorCode.InvalidRecord, BatchValidator.Validate(new ReadOnlySequence<byte>(trailing), Rules).Error);
        byte[] good = Wrap(type, Payloads.Compress(type, record), 1);
        Assert.True(BatchValidator.Validate(new ReadOnlySequence<byte>(good), Rules).IsAccepted);
    }

    [Theory]
    [MemberData(nameof(Codecs))]
    public void A_bomb_is_refused_within_bounded_memory(CompressionType type)
    {
        byte[] record = HandmadeBatch.Record(0, null, new byte[16 * 1024 * 1024]);
        ReadOnlySequence<byte> batch = new(Wrap(type, Payloads.Compress(type, record), 1));
        BatchRules rules = Rules with { MaxDecompressedBytes = 1024 * 1024, MaxBatchBytes = int.MaxValue };
        ErrorCode error = ErrorCode.None;
        long allocated = Allocated.Least(() => error = BatchValidator.Validate(batch, rules).Error, enough: 300_000);
        Assert.Equal(ErrorCode.MessageTooLarge, error);
        Assert.InRange(allocated, 0, 300_000);
        Assert.Equal(ErrorCode.MessageTooLarge, BatchReader.Open(batch, out _, maxDecompressedBytes: 1024 * 1024));
    }

    [Theory]
    [InlineData(CompressionType.Snappy)]
    [InlineData(CompressionType.Lz4)]
    [InlineData(CompressionType.Zstd)]
    public void Validating_allocates_the_same_for_few_records_as_for_many(CompressionType type)
    {
        ReadOnlySequence<byte> few = new(Build(type, 2));
        ReadOnlySequence<byte> many = new(Build(type, 3_000));
        long forFew = Allocated.Least(() => BatchValidator.Validate(few, Rules));
        long forMany = Allocated.Least(() => BatchValidator.Validate(many, Rules));
        Assert.Equal(forFew, forMany);
        Assert.InRange(forMany, 0, 128);
    }
}
