using System.Buffers;
using System.Text;
using OrleansStreaming.Records.Batches;
using OrleansStreaming.Records.Compression;

namespace OrleansStreaming.Records.Tests.Batches;

public class BatchBuilderTests
{
    [Fact]
    public void A_plain_batch_is_locked_byte_for_byte()
    {
        using BatchBuilder builder = new();
        builder.Append(1_700_000_000_000, "key"u8.ToArray(), "value"u8.ToArray(), new RecordHeader("h", "1"u8.ToArray()), new RecordHeader("n", null));
        builder.Append(1_700_000_000_005, null, null);
        Assert.Equal(
            "0000000000000000" // base offset
            + "0000004E" // batch length: 90 bytes in all, less 12
            + "FFFFFFFF" // leader epoch
            + "02"
            + "DB2B16FF" // crc
            + "0000" // attributes
            + "00000001" // last offset delta
            + "0000018BCFE56800" // base timestamp
            + "0000018BCFE56805" // max timestamp
            + "FFFFFFFFFFFFFFFF" + "FFFF" + "FFFFFFFF" // no producer
            + "00000002" // records
            + "2A" + "00" + "00" + "00" + "06" + "6B6579" + "0A" + "76616C7565" + "04" + "02" + "68" + "02" + "31" + "02" + "6E" + "01"
            + "0C" + "00" + "0A" + "02" + "01" + "01" + "00",
            Convert.ToHexString(builder.Build().Span));
    }

    [Fact]
    public void A_transaction_marker_is_locked_byte_for_byte()
    {
        Assert.Equal(
            "0000000000000000" + "00000042" + "FFFFFFFF" + "02" + "A43FC5E6" + "0030" + "00000000"
            + "0000018BCFE56800" + "0000018BCFE56800" + "00000000000003E8" + "0007" + "FFFFFFFF" + "00000001"
            + "20" + "00" + "00" + "00" + "08" + "00000001" + "0C" + "00000000002A" + "00",
            Convert.ToHexString(new EndTransactionMarker(ControlRecordType.Commit, 42).ToBatch(1000, 7, 1_700_000_000_000)));
    }

    [Theory]
    [InlineData(ControlRecordType.Abort)]
    [InlineData(ControlRecordType.Commit)]
    public void A_transaction_marker_is_read_back(ControlRecordType type)
    {
        EndTransactionMarker marker = new(type, 17);
        BatchReader.Open(new ReadOnlySequence<byte>(marker.ToBatch(5, 2, 1_000)), out BatchReader? reader);
        using (reader)
        {
            Assert.True(reader!.Header.IsControl);
            Assert.True(reader.Header.IsTransactional);
            Assert.Equal(5, reader.Header.ProducerId);
            Assert.Equal(2, reader.Header.ProducerEpoch);
            Assert.Equal(-1, reader.Header.BaseSequence);
            RecordReader records = reader.Records();
            Assert.True(records.MoveNext());
            Assert.True(EndTransactionMarker.TryRead(records.Current, out EndTransactionMarker read));
            Assert.Equal(marker, read);
            Assert.Equal(type == ControlRecordType.Commit, read.IsCommit);
        }
    }

    [Fact]
    public void Another_control_record_is_passed_over()
    {
        byte[] leaderChange = new HandmadeBatch { Attributes = 0x20 }.With(HandmadeBatch.Record(0, [0, 0, 0, 2], new byte[20])).ToBytes();
        BatchReader.Open(new ReadOnlySequence<byte>(leaderChange), out BatchReader? reader);
        using (reader)
        {
            RecordReader records = reader!.Records();
            Assert.True(records.MoveNext());
            Assert.False(EndTransactionMarker.TryRead(records.Current, out _));
        }
    }

    [Fact]
    public void It_writes_what_the_documentation_says()
    {
        byte[] byHand = new HandmadeBatch
        {
            BaseOffset = 77,
            LeaderEpoch = 3,
            Attributes = 0x10,
            BaseTimestamp = 5_000,
            MaxTimestamp = 6_000,
            ProducerId = 11,
            ProducerEpoch = 12,
            BaseSequence = 13,
        }
            .With(
                HandmadeBatch.Record(0, [], new byte[200], 0, (Encoding.UTF8.GetBytes("größe"), [1, 2]), ([], null)),
                HandmadeBatch.Record(1, [9], null, 1_000),
                HandmadeBatch.Record(2, null, [], -4_000))
            .ToBytes();

        using BatchBuilder builder = new(new BatchOptions
        {
            BaseOffset = 77,
            PartitionLeaderEpoch = 3,
            IsTransactional = true,
            ProducerId = 11,
            ProducerEpoch = 12,
            BaseSequence = 13,
        });
        builder.Append(5_000, [], new byte[200], new RecordHeader("größe", new byte[] { 1, 2 }), new RecordHeader("", null));
        builder.Append(6_000, [9], null);
        builder.Append(1_000, null, []);
        Assert.Equal(Convert.ToHexString(byHand), Convert.ToHexString(builder.Build().Span));
        Assert.Equal(byHand.Length, builder.SizeInBytes);
    }

    [Fact]
    public void Every_count_of_records_past_the_varint_borders_reads_back()
    {
        using BatchBuilder builder = new();
        for (int i = 0; i < 20_000; i++)
        {
            builder.Append(1_000 + i, BitConverter.GetBytes(i), new byte[i % 200]);
        }

        BatchReader.Open(new ReadOnlySequence<byte>(builder.Build()), out BatchReader? reader);
        using (reader)
        {
            int index = 0;
            RecordReader records = reader!.Records();
            while (records.MoveNext())
            {
                Assert.Equal(index, records.Current.Offset);
                Assert.Equal(1_000 + index, records.Current.Timestamp);
                Assert.Equal(index, BitConverter.ToInt32(records.Current.Key));
                Assert.Equal(index % 200, records.Current.Value.Length);
                index++;
            }

            Assert.Equal(20_000, index);
            Assert.False(records.IsMalformed);
        }
    }

    [Fact]
    public void Built_twice_is_the_same_and_reset_starts_afresh()
    {
        using BatchBuilder builder = new(new BatchOptions { Compression = CompressionType.Gzip });
        builder.Append(1, [1], [1]);
        byte[] first = builder.Build().ToArray();
        Assert.Equal(first, builder.Build().ToArray());
        Assert.Throws<InvalidOperationException>(() => builder.Append(1, [1], [1]));
        builder.Reset();
        Assert.Equal(0, builder.Count);
        Assert.Throws<InvalidOperationException>(() => builder.Build());
        builder.Append(1, [1], [1]);
        Assert.Equal(first, builder.Build().ToArray());
        builder.Reset(BatchOptions.Default);
        builder.Append(1, [1], [1]);
        BatchHeader.TryRead(builder.Build().Span, out BatchHeader header);
        Assert.Equal(CompressionType.None, header.Compression);
    }

    [Fact]
    public void The_upper_bound_is_never_below_what_a_record_takes()
    {
        using BatchBuilder builder = new();
        builder.Append(0, null, null);
        int before = builder.SizeInBytes;
        builder.Append(long.MaxValue, new byte[1_000], new byte[70_000], new RecordHeader("name", new byte[300]));
        Assert.InRange(builder.SizeInBytes - before, 71_304, BatchBuilder.UpperBoundOf(1_000, 70_000, 304, 1));
    }
}
