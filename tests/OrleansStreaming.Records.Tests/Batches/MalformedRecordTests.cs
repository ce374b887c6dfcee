using System.Buffers;
using OrleansStreaming.Records.Batches;
using OrleansStreaming.Records.Errors;

namespace OrleansStreaming.Records.Tests.Batches;

/// <summary>Records that do not parse, under a right CRC: neither the validator nor the reader lets them pass.</summary>
public class MalformedRecordTests
{
    private static readonly BatchRules Rules = new() { Now = 1_000 };

    /// <summary>The body's numbers in order: attributes, timestamp delta, offset delta, key length, value length, header count.</summary>
    private static byte[] Body(params long[] numbers)
    {
        List<byte> body = [0];
        foreach (long number in numbers)
        {
            HandmadeBatch.Number(body, number);
        }

        return [.. body];
    }

    public static TheoryData<string, byte[]> Malformed => new()
    {
        { "no record at all", [] },
        { "only a length", HandmadeBatch.WithLength([]) },
        { "a negative length", [0x01] },
        { "a length past the end", [0x7E, 0, 0, 0] },
        { "an endless length", [0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF] },
        { "body ends after attributes", HandmadeBatch.WithLength([0]) },
        { "body ends before the key", HandmadeBatch.WithLength(Body(0, 0)) },
        { "body ends before the value", HandmadeBatch.WithLength(Body(0, 0, -1)) },
        { "body ends before the header count", HandmadeBatch.WithLength(Body(0, 0, -1, -1)) },
        { "a byte too many in the body", HandmadeBatch.WithLength([.. Body(0, 0, -1, -1, 0), 0]) },
        { "a byte after the last record", [.. HandmadeBatch.WithLength(Body(0, 0, -1, -1, 0)), 0] },
        { "a key past the end", HandmadeBatch.WithLength(Body(0, 0, 100, -1, 0)) },
        { "a key of 2^31-1 bytes", HandmadeBatch.WithLength(Body(0, 0, int.MaxValue, -1, 0)) },
        { "a key of length -2", HandmadeBatch.WithLength(Body(0, 0, -2, -1, 0)) },
        { "a value past the end", HandmadeBatch.WithLength(Body(0, 0, -1, 3, 0)) },
        { "a value of length -2^31", HandmadeBatch.WithLength(Body(0, 0, -1, int.MinValue, 0)) },
        { "a negative header count", HandmadeBatch.WithLength(Body(0, 0, -1, -1, -1)) },
        { "more headers than there are", HandmadeBatch.WithLength(Body(0, 0, -1, -1, 1)) },
        { "2^31-1 headers", HandmadeBatch.WithLength(Body(0, 0, -1, -1, int.MaxValue)) },
        { "a header without key", HandmadeBatch.WithLength(Body(0, 0, -1, -1, 1, -1, -1)) },
        { "a header value past the end", HandmadeBatch.WithLength(Body(0, 0, -1, -1, 1, 0, 5)) },
        { "a timestamp delta of eleven bytes", HandmadeBatch.WithLength([0, .. Enumerable.Repeat((byte)0x80, 10), 1, 0, 1, 1, 0]) },
    };

    [Theory]
    [MemberData(nameof(Malformed))]
    public void It_is_refused(string what, byte[] record)
    {
        HandmadeBatch batch = new HandmadeBatch { RecordCount = 1, LastOffsetDelta = 0 }.With(record);
        byte[] bytes = batch.ToBytes();
        Assert.True(BatchValidator.Validate(new ReadOnlySequence<byte>(bytes), Rules).Error == ErrorCode.InvalidRecord, what);
        for (int size = 1; size < bytes.Length; size++)
        {
            Assert.True(BatchValidator.Validate(Segments.Split(bytes, size), Rules).Error == ErrorCode.InvalidRecord, what);
        }

        Assert.Equal(ErrorCode.None, BatchReader.Open(new ReadOnlySequence<byte>(bytes), out BatchReader? reader));
        using (reader)
        {
            RecordReader records = reader!.Records();
            while (records.MoveNext())
            {
            }

            Assert.True(records.IsMalformed, what);
        }
    }

    [Fact]
    public void A_malformed_record_is_named_by_its_index()
    {
        byte[] bytes = new HandmadeBatch { RecordCount = 2, LastOffsetDelta = 1 }
            .With(HandmadeBatch.Record(0, null, null), HandmadeBatch.WithLength([0]))
            .ToBytes();
        BatchVerdict verdict = BatchValidator.Validate(new ReadOnlySequence<byte>(bytes), Rules);
        Assert.Equal(1, Assert.Single(verdict.RecordErrors).Index);
    }
}
