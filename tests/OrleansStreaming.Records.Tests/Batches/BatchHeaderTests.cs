using OrleansStreaming.Records.Batches;
using OrleansStreaming.Records.Compression;

namespace OrleansStreaming.Records.Tests.Batches;

public class BatchHeaderTests
{
    private static readonly byte[] Bytes = new HandmadeBatch
    {
        BaseOffset = 0x0102030405060708,
        BatchLength = 0x11121314,
        LeaderEpoch = 0x21222324,
        Crc = 0x31323334,
        Attributes = 0x7C,
        LastOffsetDelta = 0x41424344,
        BaseTimestamp = 0x5152535455565758,
        MaxTimestamp = 0x6162636465666768,
        ProducerId = 0x7172737475767778,
        ProducerEpoch = 0x0A0B,
        BaseSequence = 0x1A1B1C1D,
        RecordCount = 0x2A2B2C2D,
    }.ToBytes();

    [Fact]
    public void Size_is_61_bytes() => Assert.Equal(BatchHeader.Size, Bytes.Length);

    [Fact]
    public void Each_field_is_read_from_its_place()
    {
        Assert.True(BatchHeader.TryRead(Bytes, out BatchHeader header));
        Assert.Equal(0x0102030405060708, header.BaseOffset);
        Assert.Equal(0x11121314, header.BatchLength);
        Assert.Equal(0x11121314 + 12, header.SizeInBytes);
        Assert.Equal(0x21222324, header.PartitionLeaderEpoch);
        Assert.Equal(2, header.Magic);
        Assert.Equal(0x31323334u, header.Crc);
        Assert.Equal(0x7C, header.Attributes);
        Assert.Equal(0x41424344, header.LastOffsetDelta);
        Assert.Equal(0x0102030405060708 + 0x41424344, header.LastOffset);
        Assert.Equal(0x0102030405060708 + 0x41424345, header.NextOffset);
        Assert.Equal(0x5152535455565758, header.BaseTimestamp);
        Assert.Equal(0x6162636465666768, header.MaxTimestamp);
        Assert.Equal(0x7172737475767778, header.ProducerId);
        Assert.Equal(0x0A0B, header.ProducerEpoch);
        Assert.Equal(0x1A1B1C1D, header.BaseSequence);
        Assert.Equal(0x2A2B2C2D, header.RecordCount);
        Assert.Equal(CompressionType.Zstd, header.Compression);
        Assert.Equal(TimestampType.LogAppendTime, header.TimestampType);
        Assert.True(header.IsTransactional);
        Assert.True(header.IsControl);
        Assert.True(header.HasDeleteHorizon);
        Assert.True(header.HasProducerId);
    }

    [Fact]
    public void It_is_read_across_segments_cut_anywhere()
    {
        Assert.True(BatchHeader.TryRead(Bytes, out BatchHeader whole));
        for (int size = 1; size <= Bytes.Length; size++)
        {
            Assert.True(BatchHeader.TryRead(Segments.Split(Bytes, size), out BatchHeader pieces));
            Assert.Equal(whole, pieces);
        }
    }

    [Fact]
    public void Fewer_bytes_are_refused()
    {
        Assert.False(BatchHeader.TryRead(Bytes.AsSpan(0, 60), out _));
        Assert.False(BatchHeader.TryRead(Segments.Split(Bytes[..60], 7), out _));
        Assert.False(BatchHeader.TryRead([], out _));
    }

    [Fact]
    public void What_is_written_is_what_was_read()
    {
        BatchHeader.TryRead(Bytes, out BatchHeader header);
        byte[] written = new byte[BatchHeader.Size];
        header.WriteTo(written);
        Assert.Equal(Bytes, written);
    }

    [Theory]
    [InlineData(-1, 5, -1)]
    [InlineData(0, 0, 0)]
    [InlineData(10, 5, 15)]
    [InlineData(int.MaxValue - 1, 1, int.MaxValue)]
    [InlineData(int.MaxValue, 0, int.MaxValue)]
    [InlineData(int.MaxValue, 1, 0)]
    [InlineData(int.MaxValue - 2, 10, 7)]
    public void The_last_sequence_wraps_to_zero(int baseSequence, int lastOffsetDelta, int expected)
    {
        BatchHeader header = new() { BaseSequence = baseSequence, LastOffsetDelta = lastOffsetDelta };
        Assert.Equal(expected, header.LastSequence);
    }
}
