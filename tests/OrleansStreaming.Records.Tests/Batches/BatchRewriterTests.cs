using System.Buffers;
using System.Text;
using OrleansStreaming.Records.Batches;
using OrleansStreaming.Records.Compression;
using OrleansStreaming.Records.Errors;

namespace OrleansStreaming.Records.Tests.Batches;

public sealed class BatchRewriterTests
{
    [Theory]
    [InlineData(CompressionType.None, null)]
    [InlineData(CompressionType.None, 900L)]
    [InlineData(CompressionType.Gzip, null)]
    [InlineData(CompressionType.Gzip, 1_900_000_000_000L)]
    public void KeepsWhatItIsToldToAndEverythingElseOfTheBatch(CompressionType codec, long? horizon)
    {
        using BatchBuilder builder = new(new BatchOptions
        {
            BaseOffset = 40, PartitionLeaderEpoch = 3, ProducerId = 9, ProducerEpoch = 2, BaseSequence = 70, Compression = codec,
        });
        for (int i = 0; i < 5; i++)
        {
            builder.Append(1000 + (i * 500), Encoding.UTF8.GetBytes($"k{i}"), i == 3 ? null : new byte[i], new RecordHeader("h", new byte[] { (byte)i }));
        }

        byte[] source = builder.Build().ToArray();
        using BatchRewriter rewriter = new();
        byte[] kept = Rewrite(rewriter, source, horizon, static offset => offset is 41 or 43);

        Assert.Equal(ErrorCode.None, BatchReader.Open(new ReadOnlySequence<byte>(kept), out BatchReader? reader));
        using (reader)
        {
            BatchHeader header = reader!.Header;
            Assert.Equal((40L, 44L, 3, 9L, (short)2, 70, 74), (header.BaseOffset, header.LastOffset, header.PartitionLeaderEpoch, header.ProducerId, header.ProducerEpoch, header.BaseSequence, header.LastSequence));
            Assert.Equal((codec, 2, 2500L), (header.Compression, header.RecordCount, header.MaxTimestamp));
            Assert.Equal((horizon is not null, horizon ?? 1000), (header.HasDeleteHorizon, header.BaseTimestamp));
            List<string> records = [];
            foreach (RecordView record in reader.Records())
            {
                foreach (RecordHeaderView h in record.Headers)
                {
                    records.Add($"{record.Offset} {record.Timestamp} {Encoding.UTF8.GetString(record.Key)} {record.HasValue} {h.Value[0]}");
                }
            }

            Assert.Equal(["41 1500 k1 True 1", "43 2500 k3 False 3"], records);
        }

        // Once set, the horizon stays, whatever else goes.
        byte[] again = Rewrite(rewriter, kept, null, static offset => offset == 41);
        Assert.True(BatchHeader.TryRead(again, out BatchHeader last));
        Assert.Equal((horizon is not null, horizon ?? 1000, 1500L), (last.HasDeleteHorizon, last.BaseTimestamp, last.MaxTimestamp));
    }

    [Fact]
    public void AnEmptyBatchStillSaysWhatItCovered()
    {
        using BatchBuilder builder = new(new BatchOptions { BaseOffset = 7, ProducerId = 1, ProducerEpoch = 0, BaseSequence = 5, Compression = CompressionType.Gzip });
        builder.Append(1000, [1], [1]);
        builder.Append(1001, [1], [1]);
        Assert.True(BatchHeader.TryRead(builder.Build().Span, out BatchHeader source));
        using BatchRewriter rewriter = new();
        byte[] empty = rewriter.BuildEmpty(source).ToArray();

        Assert.Equal(BatchHeader.Size, empty.Length);
        Assert.Equal(ErrorCode.None, BatchReader.Open(new ReadOnlySequence<byte>(empty), out BatchReader? reader));
        using (reader)
        {
            Assert.Equal((7L, 8L, 0, 5, 6, CompressionType.None), (reader!.Header.BaseOffset, reader.Header.LastOffset, reader.Header.RecordCount, reader.Header.BaseSequence, reader.Header.LastSequence, reader.Header.Compression));
        }
    }

    private static byte[] Rewrite(BatchRewriter rewriter, byte[] source, long? horizon, Func<long, bool> keep)
    {
        Assert.Equal(ErrorCode.None, BatchReader.Open(new ReadOnlySequence<byte>(source), out BatchReader? reader));
        using (reader)
        {
            rewriter.Begin(reader!.Header, horizon);
            foreach (RecordView record in reader.Records())
            {
                if (keep(record.Offset))
                {
                    rewriter.Keep(record);
                }
            }

            return rewriter.Build().ToArray();
        }
    }
}
