using System.Buffers;
using System.Text;
using OrleansStreaming.Records.Batches;
using OrleansStreaming.Records.Errors;

namespace OrleansStreaming.Records.Tests.Batches;

public class BatchReaderTests
{
    private static readonly byte[] Batch = new HandmadeBatch { BaseOffset = 40, BaseTimestamp = 1_000 }
        .With(
            HandmadeBatch.Record(0, "k"u8.ToArray(), "v"u8.ToArray(), 3, ("a"u8.ToArray(), "1"u8.ToArray()), ("a"u8.ToArray(), null), ([], [])),
            HandmadeBatch.Record(1, null, null, -3),
            HandmadeBatch.Record(2, [], []))
        .ToBytes();

    private static string Describe(BatchReader reader)
    {
        StringBuilder text = new();
        foreach (RecordView record in reader.Records())
        {
            text.Append(record.Offset).Append('@').Append(record.Timestamp).Append(' ')
                .Append(record.HasKey ? $"'{Encoding.UTF8.GetString(record.Key)}'" : "null").Append('=')
                .Append(record.HasValue ? $"'{Encoding.UTF8.GetString(record.Value)}'" : "null");
            foreach (RecordHeaderView header in record.Headers)
            {
                text.Append(' ').Append(Encoding.UTF8.GetString(header.Key)).Append(':')
                    .Append(header.HasValue ? $"'{Encoding.UTF8.GetString(header.Value)}'" : "null");
            }

            text.Append(" (").Append(record.Headers.Count).Append(")\n");
        }

        return text.ToString();
    }

    [Fact]
    public void Records_headers_nulls_and_empties_are_told_apart_however_the_batch_is_cut()
    {
        for (int size = 1; size <= Batch.Length; size++)
        {
            Assert.Equal(ErrorCode.None, BatchReader.Open(Segments.Split(Batch, size), out BatchReader? reader));
            using (reader)
            {
                Assert.Equal("40@1003 'k'='v' a:'1' a:null :'' (3)\n41@997 null=null (0)\n42@1000 ''='' (0)\n", Describe(reader!));
            }
        }
    }

    [Fact]
    public void What_follows_the_batch_is_left_alone()
    {
        Assert.Equal(ErrorCode.None, BatchReader.Open(new ReadOnlySequence<byte>([.. Batch, 1, 2, 3]), out BatchReader? reader));
        using (reader)
        {
            Assert.Equal(Batch.Length - BatchHeader.Size, reader!.Payload.Length);
        }
    }

    [Fact]
    public void Damage_is_an_answer_and_not_an_exception()
    {
        foreach (int length in (int[])[0, 1, 60, 61, Batch.Length - 1])
        {
            Assert.Equal(ErrorCode.CorruptMessage, BatchReader.Open(new ReadOnlySequence<byte>(Batch, 0, length), out BatchReader? cut));
            Assert.Null(cut);
        }

        byte[] flipped = [.. Batch];
        flipped[^1] ^= 1;
        Assert.Equal(ErrorCode.CorruptMessage, BatchReader.Open(new ReadOnlySequence<byte>(flipped), out _));
        Assert.Equal(ErrorCode.None, BatchReader.Open(new ReadOnlySequence<byte>(flipped), out BatchReader? unchecked_, checkCrc: false));
        unchecked_!.Dispose();
    }

    [Fact]
    public void A_batch_left_empty_by_compaction_has_no_records()
    {
        byte[] empty = new HandmadeBatch { LastOffsetDelta = 9, RecordCount = 0, Attributes = 2 }.ToBytes();
        Assert.Equal(ErrorCode.None, BatchReader.Open(new ReadOnlySequence<byte>(empty), out BatchReader? reader));
        using (reader)
        {
            RecordReader records = reader!.Records();
            Assert.False(records.MoveNext());
            Assert.False(records.IsMalformed);
            Assert.Equal(9, reader.Header.LastOffset);
        }
    }

    [Fact]
    public void Gaps_left_by_compaction_keep_their_offsets()
    {
        byte[] batch = new HandmadeBatch { BaseOffset = 100, LastOffsetDelta = 9 }
            .With(HandmadeBatch.Record(2, [1], [1]), HandmadeBatch.Record(7, [1], [1]))
            .ToBytes();
        BatchReader.Open(new ReadOnlySequence<byte>(batch), out BatchReader? reader);
        using (reader)
        {
            List<long> offsets = [];
            foreach (RecordView record in reader!.Records())
            {
                offsets.Add(record.Offset);
            }

            Assert.Equal([102, 107], offsets);
        }
    }
}
