using System.Buffers;
using OrleansStreaming.Records.Batches;
using OrleansStreaming.Records.Errors;

namespace OrleansStreaming.Records.Tests.Batches;

public class BatchValidatorTests
{
    private const long Now = 1_700_000_000_000;

    private static readonly BatchRules Rules = new() { Now = Now };

    private static HandmadeBatch Good() => new HandmadeBatch { BaseTimestamp = Now, MaxTimestamp = Now + 7 }
        .With(
            HandmadeBatch.Record(0, "k1"u8.ToArray(), "v1"u8.ToArray()),
            HandmadeBatch.Record(1, null, new byte[300], timestampDelta: 7, ("h"u8.ToArray(), null), ([], "x"u8.ToArray())),
            HandmadeBatch.Record(2, [], null, timestampDelta: -1));

    private static BatchVerdict Validate(byte[] batch, BatchRules rules) => BatchValidator.Validate(new ReadOnlySequence<byte>(batch), rules);

    private static void Refused(ErrorCode expected, HandmadeBatch batch) => Refused(expected, batch.ToBytes(), Rules);

    private static BatchVerdict Refused(ErrorCode expected, byte[] batch, BatchRules rules)
    {
        BatchVerdict verdict = Validate(batch, rules);
        Assert.Equal(expected, verdict.Error);
        Assert.False(verdict.IsAccepted);
        Assert.False(string.IsNullOrWhiteSpace(verdict.Message));
        foreach (int size in (int[])[1, 13, 62, 200])
        {
            BatchVerdict pieces = BatchValidator.Validate(Segments.Split(batch, size), rules);
            Assert.Equal(verdict.Error, pieces.Error);
            Assert.Equal(verdict.Message, pieces.Message);
            Assert.Equal(verdict.RecordErrors, pieces.RecordErrors);
        }

        return verdict;
    }

    [Fact]
    public void A_good_batch_is_accepted_however_it_is_cut()
    {
        byte[] batch = Good().ToBytes();
        for (int size = 1; size <= batch.Length; size++)
        {
            BatchVerdict verdict = BatchValidator.Validate(Segments.Split(batch, size), Rules);
            Assert.True(verdict.IsAccepted, verdict.Message);
            Assert.Null(verdict.Message);
            Assert.Empty(verdict.RecordErrors);
            Assert.Equal(3, verdict.Header.RecordCount);
            Assert.Equal(Now + 7, verdict.MaxTimestamp);
        }
    }

    [Fact]
    public void Empty_segments_in_between_do_no_harm()
    {
        byte[] batch = Good().ToBytes();
        ReadOnlySequence<byte> gaps = Segments.Of([[], batch[..30], [], [], batch[30..70], [], batch[70..], []]);
        Assert.True(BatchValidator.Validate(gaps, Rules).IsAccepted);
    }

    [Fact]
    public void No_bytes_are_no_batch() => Refused(ErrorCode.InvalidRecord, [], Rules);

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public void Older_formats_are_refused(byte magic)
    {
        HandmadeBatch batch = Good();
        batch.Magic = magic;
        Refused(ErrorCode.InvalidRecord, batch);
    }

    [Theory]
    [InlineData(3)]
    [InlineData(255)]
    public void Unknown_formats_are_corrupt(byte magic)
    {
        HandmadeBatch batch = Good();
        batch.Magic = magic;
        Refused(ErrorCode.CorruptMessage, batch);
    }

    [Fact]
    public void Less_than_a_header_is_corrupt() => Refused(ErrorCode.CorruptMessage, Good().ToBytes()[..60], Rules);

    [Fact]
    public void A_batch_cut_short_is_refused() => Refused(ErrorCode.InvalidRecord, Good().ToBytes()[..^1], Rules);

    [Fact]
    public void A_second_batch_is_refused() =>
        Refused(ErrorCode.InvalidRecord, [.. Good().ToBytes(), .. Good().ToBytes()], Rules);

    [Theory]
    [InlineData(48)]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(int.MinValue)]
    public void A_length_that_cannot_be_is_corrupt(int length)
    {
        HandmadeBatch batch = Good();
        batch.BatchLength = length;
        Refused(ErrorCode.CorruptMessage, batch);
    }

    [Fact]
    public void The_greatest_length_is_a_cut_batch()
    {
        HandmadeBatch batch = Good();
        batch.BatchLength = int.MaxValue;
        Refused(ErrorCode.InvalidRecord, batch);
    }

    [Fact]
    public void Size_is_held_against_the_limit_header_included()
    {
        byte[] batch = Good().ToBytes();
        Assert.True(Validate(batch, Rules with { MaxBatchBytes = batch.Length }).IsAccepted);
        Refused(ErrorCode.MessageTooLarge, batch, Rules with { MaxBatchBytes = batch.Length - 1 });
    }

    [Fact]
    public void Any_flipped_bit_after_the_crc_is_corrupt()
    {
        byte[] batch = Good().ToBytes();
        for (int position = 17; position < batch.Length; position++)
        {
            batch[position] ^= 0x10;
            Assert.Equal(ErrorCode.CorruptMessage, Validate(batch, Rules).Error);
            batch[position] ^= 0x10;
        }
    }

    [Fact]
    public void A_client_starts_at_base_offset_0_and_a_coordinator_need_not()
    {
        HandmadeBatch batch = Good();
        batch.BaseOffset = 5;
        Refused(ErrorCode.InvalidRecord, batch);
        Assert.True(Validate(batch.ToBytes(), Rules with { Origin = BatchOrigin.Coordinator }).IsAccepted);
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData(-1, 0)]
    [InlineData(2, 2)]
    [InlineData(4, 2)]
    [InlineData(3, 3)]
    [InlineData(3, -1)]
    [InlineData(int.MaxValue, int.MaxValue - 1)]
    [InlineData(int.MinValue, int.MaxValue)]
    public void Count_and_last_offset_delta_must_fit_each_other_and_the_records(int count, int lastOffsetDelta)
    {
        HandmadeBatch batch = Good();
        batch.RecordCount = count;
        batch.LastOffsetDelta = lastOffsetDelta;
        Refused(ErrorCode.InvalidRecord, batch);
    }

    [Fact]
    public void More_or_fewer_records_than_counted_are_refused()
    {
        HandmadeBatch more = Good();
        (more.RecordCount, more.LastOffsetDelta) = (2, 1);
        Refused(ErrorCode.InvalidRecord, more);
        HandmadeBatch fewer = Good();
        (fewer.RecordCount, fewer.LastOffsetDelta) = (4, 3);
        Refused(ErrorCode.InvalidRecord, fewer);
    }

    [Fact]
    public void Control_batches_come_only_from_coordinators()
    {
        byte[] marker = new EndTransactionMarker(ControlRecordType.Commit, 3).ToBatch(9, 1, Now);
        Refused(ErrorCode.InvalidRecord, marker, Rules);
        Assert.True(Validate(marker, Rules with { Origin = BatchOrigin.Coordinator }).IsAccepted);
    }

    [Fact]
    public void A_producer_id_needs_a_sequence_and_a_transaction_needs_a_producer_id()
    {
        HandmadeBatch batch = Good();
        (batch.ProducerId, batch.ProducerEpoch, batch.BaseSequence) = (4, 0, -1);
        Refused(ErrorCode.InvalidRecord, batch);

        batch.BaseSequence = 0;
        batch.Attributes = 0x10;
        Assert.True(Validate(batch.ToBytes(), Rules).IsAccepted);

        batch.ProducerId = -1;
        Refused(ErrorCode.InvalidRecord, batch);
    }

    [Theory]
    [InlineData(5)]
    [InlineData(6)]
    [InlineData(7)]
    public void Codecs_nobody_assigned_are_unsupported(short codec)
    {
        HandmadeBatch batch = Good();
        batch.Attributes = codec;
        Refused(ErrorCode.UnsupportedCompressionType, batch);
    }

    [Fact]
    public void A_producer_may_not_claim_log_append_time()
    {
        HandmadeBatch batch = Good();
        batch.Attributes = 0x08;
        Refused(ErrorCode.InvalidTimestamp, batch);
    }

    [Fact]
    public void Records_of_a_compacted_topic_need_keys_and_each_one_without_is_named()
    {
        BatchVerdict verdict = Refused(ErrorCode.InvalidRecord, Good().ToBytes(), Rules with { KeysRequired = true });
        Assert.Equal([1], verdict.RecordErrors.Select(error => error.Index));
        Assert.All(verdict.RecordErrors, error => Assert.Contains("key", error.Message));
    }

    [Theory]
    [InlineData(0, 0, true)]
    [InlineData(10_000, 0, true)]
    [InlineData(10_001, 0, false)]
    [InlineData(-500, 0, true)]
    [InlineData(-501, 0, false)]
    [InlineData(0, -500, true)]
    [InlineData(0, -501, false)]
    [InlineData(9_000, 1_001, false)]
    public void Timestamps_lie_within_the_bounds(long age, long delta, bool accepted)
    {
        BatchRules rules = Rules with { TimestampBeforeMaxMs = 10_000, TimestampAfterMaxMs = 500 };
        byte[] batch = new HandmadeBatch { BaseTimestamp = Now - age }
            .With(HandmadeBatch.Record(0, null, [1], timestampDelta: -delta))
            .ToBytes();
        if (accepted)
        {
            Assert.True(Validate(batch, rules).IsAccepted);
            return;
        }

        BatchVerdict verdict = Refused(ErrorCode.InvalidTimestamp, batch, rules);
        Assert.Equal(0, Assert.Single(verdict.RecordErrors).Index);
    }

    [Theory]
    [InlineData(long.MinValue)]
    [InlineData(long.MaxValue)]
    [InlineData(Now + 3_600_001)]
    public void Timestamps_far_out_are_refused_by_the_defaults(long timestamp) =>
        Refused(ErrorCode.InvalidTimestamp, new HandmadeBatch { BaseTimestamp = timestamp }.With(HandmadeBatch.Record(0, null, [1])));

    [Fact]
    public void Old_timestamps_are_accepted_by_the_defaults() =>
        Assert.True(Validate(new HandmadeBatch { BaseTimestamp = 0 }.With(HandmadeBatch.Record(0, null, [1])).ToBytes(), Rules).IsAccepted);

    [Fact]
    public void A_record_without_timestamp_is_not_measured()
    {
        byte[] batch = new HandmadeBatch { BaseTimestamp = -1, MaxTimestamp = -1 }.With(HandmadeBatch.Record(0, null, [1])).ToBytes();
        BatchVerdict verdict = Validate(batch, Rules with { TimestampBeforeMaxMs = 1 });
        Assert.True(verdict.IsAccepted);
        Assert.Equal(-1, verdict.MaxTimestamp);
    }

    [Fact]
    public void With_log_append_time_the_records_own_times_do_not_matter()
    {
        byte[] batch = new HandmadeBatch { BaseTimestamp = long.MaxValue }.With(HandmadeBatch.Record(0, null, [1])).ToBytes();
        Assert.True(Validate(batch, Rules with { TimestampType = TimestampType.LogAppendTime }).IsAccepted);
    }

    [Fact]
    public void One_bad_timestamp_decides_the_code_and_all_bad_records_are_named()
    {
        byte[] batch = new HandmadeBatch { BaseTimestamp = Now }
            .With(
                HandmadeBatch.Record(0, null, [1]),
                HandmadeBatch.Record(1, [1], [1]),
                HandmadeBatch.Record(2, [1], [1], timestampDelta: 9_999_999))
            .ToBytes();
        BatchVerdict verdict = Refused(ErrorCode.InvalidTimestamp, batch, Rules with { KeysRequired = true });
        Assert.Equal([0, 2], verdict.RecordErrors.Select(error => error.Index));
    }

    [Fact]
    public void Offset_deltas_count_from_0_without_gaps()
    {
        byte[] batch = new HandmadeBatch { BaseTimestamp = Now }
            .With(HandmadeBatch.Record(0, null, [1]), HandmadeBatch.Record(2, null, [1]), HandmadeBatch.Record(1, null, [1]))
            .ToBytes();
        BatchVerdict verdict = Refused(ErrorCode.InvalidRecord, batch, Rules);
        Assert.Equal([1, 2], verdict.RecordErrors.Select(error => error.Index));
    }

    [Fact]
    public void A_hundred_thousand_bad_records_are_not_all_named()
    {
        HandmadeBatch batch = new() { BaseTimestamp = Now };
        for (int i = 0; i < 100_000; i++)
        {
            batch.Records.Add(HandmadeBatch.Record(0, null, null));
        }

        BatchVerdict verdict = Validate(batch.ToBytes(), Rules);
        Assert.Equal(ErrorCode.InvalidRecord, verdict.Error);
        Assert.Equal(1_000, verdict.RecordErrors.Count);
    }
}
