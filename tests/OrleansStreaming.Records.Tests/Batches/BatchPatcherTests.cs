using System.Buffers;
using OrleansStreaming.Records.Batches;
using OrleansStreaming.Records.Checksums;

namespace OrleansStreaming.Records.Tests.Batches;

public class BatchPatcherTests
{
    private static byte[] Plain() => new HandmadeBatch { Attributes = 0x10, ProducerId = 7, ProducerEpoch = 0, BaseSequence = 0 }
        .With(HandmadeBatch.Record(0, [1], [2]), HandmadeBatch.Record(1, [3], [4], timestampDelta: 5))
        .ToBytes();

    [Fact]
    public void Offset_and_epoch_are_stamped_wherever_the_memory_is_cut_and_the_crc_still_holds()
    {
        byte[] original = Plain();
        for (int size = 1; size <= original.Length; size++)
        {
            ReadOnlySequence<byte> batch = Segments.Split(Plain(), size);
            BatchPatcher.StampOffsetAndEpoch(batch, 0x0102030405060708, 42);

            byte[] patched = batch.ToArray();
            Assert.True(BatchHeader.TryRead(patched, out BatchHeader header));
            Assert.Equal(0x0102030405060708, header.BaseOffset);
            Assert.Equal(42, header.PartitionLeaderEpoch);
            Assert.Equal(Crc32C.Compute(patched.AsSpan(21)), header.Crc);
            Assert.Equal(original[8..12], patched[8..12]);
            Assert.Equal(original[16..], patched[16..]);
        }
    }

    [Fact]
    public void Log_append_time_sets_bit_max_timestamp_and_crc_and_nothing_else()
    {
        byte[] original = Plain();
        for (int size = 1; size <= original.Length; size++)
        {
            ReadOnlySequence<byte> batch = Segments.Split(Plain(), size);
            BatchPatcher.StampLogAppendTime(batch, 99_999);

            byte[] patched = batch.ToArray();
            Assert.True(BatchHeader.TryRead(patched, out BatchHeader header));
            Assert.Equal(TimestampType.LogAppendTime, header.TimestampType);
            Assert.True(header.IsTransactional);
            Assert.Equal(99_999, header.MaxTimestamp);
            Assert.Equal(1_000, header.BaseTimestamp);
            Assert.Equal(Crc32C.Compute(patched.AsSpan(21)), header.Crc);
            Assert.Equal(original[..17], patched[..17]);
            Assert.Equal(original[23..35], patched[23..35]);
            Assert.Equal(original[43..], patched[43..]);
        }
    }

    [Fact]
    public void Every_record_then_reads_with_the_append_time()
    {
        ReadOnlySequence<byte> batch = new(Plain());
        BatchPatcher.StampLogAppendTime(batch, 99_999);
        BatchReader.Open(batch, out BatchReader? reader);
        using (reader)
        {
            foreach (RecordView record in reader!.Records())
            {
                Assert.Equal(99_999, record.Timestamp);
            }
        }
    }

    [Fact]
    public void A_header_that_disagrees_with_its_records_is_corrected()
    {
        ReadOnlySequence<byte> batch = new(Plain());
        BatchPatcher.StampTimestamp(batch, TimestampType.CreateTime, 1_005);
        BatchHeader.TryRead(batch, out BatchHeader header);
        Assert.Equal(1_005, header.MaxTimestamp);
        Assert.Equal(TimestampType.CreateTime, header.TimestampType);
        Assert.Equal(Crc32C.Compute(batch.Slice(21)), header.Crc);
    }

    [Fact]
    public void Stamping_what_stands_there_touches_nothing_not_even_a_wrong_crc()
    {
        byte[] bytes = new HandmadeBatch { Crc = 12345 }.With(HandmadeBatch.Record(0, null, null)).ToBytes();
        byte[] before = [.. bytes];
        BatchPatcher.StampTimestamp(new ReadOnlySequence<byte>(bytes), TimestampType.CreateTime, 1_000);
        Assert.Equal(before, bytes);
    }
}
