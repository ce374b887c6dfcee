using System.Buffers;
using OrleansStreaming.Records.Batches;
using OrleansStreaming.Records.Compression;
using OrleansStreaming.Records.Errors;
using OrleansStreaming.Records.Ids;
using OrleansStreaming.Storage.Logs;
using OrleansStreaming.Storage.Tests.Support;

namespace OrleansStreaming.Storage.Tests.Logs;

/// <summary>A topic with a codec of its own stores every batch under it, and changes nothing else of it.</summary>
public sealed class RecompressionTests
{
    [Theory]
    [InlineData(CompressionType.None, CompressionType.Gzip)]
    [InlineData(CompressionType.Gzip, CompressionType.None)]
    public void Batches_are_stored_under_the_topics_codec(CompressionType sent, CompressionType stored)
    {
        using var fixture = new LogFixture(Under(stored));
        fixture.Append(0, "before");
        var appended = fixture.Append(Batches.Compressed(sent, (ManualTime.StartMs + 5, "a"), (ManualTime.StartMs + 3, "b")), epoch: 4);

        Assert.Equal((1, 3), (appended.BaseOffset.Value, appended.EndOffset.Value));
        var header = HeaderAt(fixture, 1);
        Assert.Equal(
            (stored, 1L, 2L, 4, ManualTime.StartMs + 5),
            (header.Compression, header.BaseOffset, header.LastOffset, header.PartitionLeaderEpoch, header.MaxTimestamp));
        Assert.Equal([(0, "before"), (1, "a"), (2, "b")], fixture.ReadAll());

        fixture.Kill();
        Assert.Equal([(0, "before"), (1, "a"), (2, "b")], fixture.ReadAll());
    }

    [Fact]
    public void A_batch_that_has_the_codec_stays_as_it_was_sent()
    {
        using var fixture = new LogFixture(Under(CompressionType.Gzip));
        var batch = Batches.Compressed(CompressionType.Gzip, (ManualTime.StartMs, "a"));
        fixture.Append(batch);

        using var read = fixture.Log.Read(new Offset(0), fixture.Log.LogEnd, 1 << 20, atLeastOneBatch: true).Records;
        Assert.Equal(batch.ToArray()[BatchHeader.Size..], read.ToArray()[BatchHeader.Size..]);
    }

    [Fact]
    public void Duplicates_are_still_known_by_their_sequence()
    {
        using var fixture = new LogFixture(Under(CompressionType.Gzip));
        var first = fixture.Append(Batches.From(9, 0, count: 3));
        fixture.Append(Batches.From(9, 3));

        var again = fixture.Append(Batches.From(9, 0, count: 3));

        Assert.Equal((true, first.BaseOffset, first.EndOffset), (again.IsDuplicate, again.BaseOffset, again.EndOffset));
        Assert.Equal(4, fixture.Log.LogEnd.Value);
        var header = HeaderAt(fixture, 3);
        Assert.Equal((9L, (short)0, 3), (header.ProducerId, header.ProducerEpoch, header.BaseSequence));
        Assert.Equal(
            ErrorCode.OutOfOrderSequenceNumber, fixture.Log.AppendAsLeader(Batches.From(9, 9), new LeaderEpoch(0)).Error);
    }

    [Fact]
    public void Log_append_time_is_stamped_on_what_is_stored()
    {
        using var fixture = new LogFixture(Under(CompressionType.Gzip) with { TimestampType = TimestampType.LogAppendTime });
        fixture.Append(0, "a");

        var header = HeaderAt(fixture, 0);
        Assert.Equal(
            (CompressionType.Gzip, TimestampType.LogAppendTime, ManualTime.StartMs), (header.Compression, header.TimestampType, header.MaxTimestamp));
        Assert.Equal([(0, "a")], fixture.ReadAll());
    }

    [Fact]
    public void A_batch_that_grows_beyond_the_limit_is_refused()
    {
        using var fixture = new LogFixture(Under(CompressionType.None) with { MaxMessageBytes = 5_000 });
        var sent = Batches.Compressed(CompressionType.Gzip, (ManualTime.StartMs, new string('x', 10_000)));

        var refused = fixture.Log.AppendAsLeader(sent, new LeaderEpoch(0));

        Assert.Equal(ErrorCode.MessageTooLarge, refused.Error);
        Assert.Equal(0, fixture.Log.LogEnd.Value);
    }

    [Fact]
    public void Transaction_markers_stay_plain()
    {
        using var fixture = new LogFixture(Under(CompressionType.Gzip));
        fixture.Append(Batches.From(9, 0, transactional: true));
        Assert.Equal(ErrorCode.None, fixture.Log.AppendAsLeader(Batches.Marker(9, commit: true), new LeaderEpoch(0), BatchOrigin.Coordinator).Error);

        Assert.Equal(CompressionType.Gzip, HeaderAt(fixture, 0).Compression);
        Assert.Equal(CompressionType.None, HeaderAt(fixture, 1).Compression);
    }

    private static LogOptions Under(CompressionType codec) => LogOptions.Default with { Compression = new LogCompression(codec) };

    private static BatchHeader HeaderAt(LogFixture fixture, long offset)
    {
        using var records = fixture.Log.Read(new Offset(offset), fixture.Log.LogEnd, 1 << 20, atLeastOneBatch: true).Records;
        Assert.True(BatchHeader.TryRead(records.ToArray(), out var header));
        return header;
    }
}
