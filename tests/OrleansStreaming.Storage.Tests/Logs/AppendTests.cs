using System.Buffers;
using OrleansStreaming.Records.Batches;
using OrleansStreaming.Records.Errors;
using OrleansStreaming.Records.Ids;
using OrleansStreaming.Storage.Logs;
using OrleansStreaming.Storage.Tests.Support;

namespace OrleansStreaming.Storage.Tests.Logs;

public sealed class AppendTests
{
    [Fact]
    public void Offsets_count_records_and_the_bytes_are_stamped()
    {
        using var fixture = new LogFixture();
        var first = fixture.Append(4, "a", "b");
        var second = fixture.Append(4, "c");

        Assert.Equal((0, 2, -1), (first.BaseOffset.Value, first.EndOffset.Value, first.LogAppendTime));
        Assert.Equal((2, 3), (second.BaseOffset.Value, second.EndOffset.Value));
        Assert.Equal(3, fixture.Log.LogEnd.Value);
        Assert.Equal(4, fixture.Log.LatestEpoch.Value);
        Assert.Equal([(0, "a"), (1, "b"), (2, "c")], fixture.ReadAll());

        var bytes = fixture.Device.ReadAllBytes(fixture.FileOf(0, ".log"));
        Assert.True(BatchHeader.TryRead(bytes, out var header));
        Assert.Equal((0, 4), (header.BaseOffset, header.PartitionLeaderEpoch));
        Assert.Equal(fixture.Log.SizeInBytes, bytes.Length);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(64)]
    public void A_batch_in_pieces_is_written_as_one(int pieceBytes)
    {
        using var fixture = new LogFixture();
        fixture.Append(Batches.InPieces(Batches.Of("in", "many", "pieces"), pieceBytes));
        Assert.Equal([(0, "in"), (1, "many"), (2, "pieces")], fixture.ReadAll());
    }

    [Fact]
    public void A_refusal_changes_nothing()
    {
        using var fixture = new LogFixture(LogOptions.Default with { MaxMessageBytes = 200 });
        fixture.Append(1, "kept");
        var broken = Batches.Of("broken").ToArray();
        broken[^1] ^= 1;

        var tooLarge = Batches.Sized(500);
        var before = tooLarge.ToArray();
        Assert.Equal(ErrorCode.CorruptMessage, Error(new ReadOnlySequence<byte>(broken), 1));
        Assert.Equal(ErrorCode.MessageTooLarge, Error(tooLarge, 1));
        Assert.Equal(ErrorCode.FencedLeaderEpoch, Error(Batches.Of("late"), 0));
        Assert.Equal(before, tooLarge.ToArray());
        Assert.Equal([(0, "kept")], fixture.ReadAll());

        ErrorCode Error(ReadOnlySequence<byte> batch, int epoch) => fixture.Log.AppendAsLeader(batch, new LeaderEpoch(epoch)).Error;
    }

    [Fact]
    public void A_batch_larger_than_a_segment_is_refused()
    {
        using var fixture = new LogFixture(LogOptions.Default with { SegmentBytes = 100 });
        Assert.Equal(ErrorCode.RecordListTooLarge, fixture.Log.AppendAsLeader(Batches.Sized(200), new LeaderEpoch(0)).Error);
    }

    [Fact]
    public void Log_append_time_is_the_brokers_clock()
    {
        using var fixture = new LogFixture(LogOptions.Default with { TimestampType = TimestampType.LogAppendTime });
        fixture.Time.Advance(5);
        var result = fixture.Append(Batches.At(42, "x"));

        Assert.Equal(ManualTime.StartMs + 5, result.LogAppendTime);
        Assert.Equal(ManualTime.StartMs + 5, fixture.Log.FindMaxTimestamp()!.Value.Timestamp);
        Assert.Equal([(0, "x")], fixture.ReadAll());
    }

    [Fact]
    public void A_follower_takes_batches_as_they_are()
    {
        using var fixture = new LogFixture();
        var result = fixture.Log.AppendAsFollower(Batches.Join(
            Batches.Replicated(0, 2, "a", "b"), Batches.Replicated(2, 5, "c")));

        Assert.Equal((ErrorCode.None, 0, 3), (result.Error, result.BaseOffset.Value, result.EndOffset.Value));
        Assert.Equal([(0, "a"), (1, "b"), (2, "c")], fixture.ReadAll());
        Assert.Equal((2, 2), Unwrap(fixture.Log.EndOffsetFor(new LeaderEpoch(2))));
        Assert.Equal((2, 2), Unwrap(fixture.Log.EndOffsetFor(new LeaderEpoch(4))));
        Assert.Equal((5, 3), Unwrap(fixture.Log.EndOffsetFor(new LeaderEpoch(5))));
    }

    [Fact]
    public void A_follower_refuses_overlaps_old_epochs_and_damage()
    {
        using var fixture = new LogFixture();
        fixture.Log.AppendAsFollower(Batches.Replicated(0, 3, "a", "b"));
        var cut = Batches.Replicated(2, 3, "c");

        Assert.Equal(ErrorCode.OffsetOutOfRange, Error(Batches.Replicated(1, 3, "overlap")));
        Assert.Equal(ErrorCode.FencedLeaderEpoch, Error(Batches.Replicated(2, 2, "old")));
        Assert.Equal(ErrorCode.FencedLeaderEpoch, Error(Batches.Join(Batches.Replicated(2, 5, "new"), Batches.Replicated(3, 4, "old"))));
        Assert.Equal(ErrorCode.CorruptMessage, Error(cut.Slice(0, cut.Length - 1)));
        Assert.Equal(ErrorCode.OffsetOutOfRange, Error(Batches.Join(Batches.Replicated(5, 3, "good"), Batches.Replicated(4, 3, "bad"))));
        Assert.Equal([(0, "a"), (1, "b")], fixture.ReadAll());

        ErrorCode Error(ReadOnlySequence<byte> batches) => fixture.Log.AppendAsFollower(batches).Error;
    }

    [Fact]
    public async Task A_follower_takes_the_gaps_that_a_compacted_log_has()
    {
        using var fixture = new LogFixture();
        long[] offsets = [3, 4, 90, int.MaxValue + 100L, (3L * int.MaxValue) + 5];
        foreach (var offset in offsets)
        {
            Assert.Equal(ErrorCode.None, fixture.Log.AppendAsFollower(Batches.Replicated(offset, 3, $"{offset}")).Error);
            Assert.Equal(offset + 1, fixture.Log.LogEnd.Value);
        }

        var expected = offsets.Select(x => (x, $"{x}")).ToArray();
        Assert.Equal(expected, fixture.ReadAll());
        Assert.All(expected, x => Assert.Equal(x, fixture.ReadFrom(x.x)[0]));
        Assert.Equal(expected[2..], fixture.ReadFrom(5));
        fixture.Kill();
        Assert.Equal(expected, fixture.ReadAll());
        await fixture.ReopenAsync();
        fixture.Log.TruncateTo(new Offset(50));
        Assert.Equal(50, fixture.Log.LogEnd.Value);
        Assert.Equal(expected[..2], fixture.ReadAll());
    }

    [Fact]
    public void A_followers_run_may_span_segments()
    {
        using var fixture = new LogFixture(LogOptions.Default with { SegmentBytes = 200 });
        var batches = Enumerable.Range(0, 10).Select(x => Batches.Replicated(x, 0, $"value {x}")).ToArray();
        Assert.Equal(ErrorCode.None, fixture.Log.AppendAsFollower(Batches.Join(batches)).Error);

        Assert.True(fixture.Files.Count(x => x.EndsWith(".log")) > 3);
        Assert.Equal(Enumerable.Range(0, 10).Select(x => ((long)x, $"value {x}")), fixture.ReadAll());
    }

    [Fact]
    public void Segments_roll_by_size_time_and_index()
    {
        using var bySize = new LogFixture(LogOptions.Default with { SegmentBytes = 300 });
        for (var i = 0; i < 4; i++)
        {
            bySize.Append(Batches.Sized(100));
        }

        Assert.Equal(["00000000000000000000.log", "00000000000000000001.log", "00000000000000000002.log", "00000000000000000003.log"], Logs(bySize));

        using var byTime = new LogFixture(LogOptions.Default with { SegmentMs = 1000 });
        byTime.Append(Batches.At(ManualTime.StartMs, "a"));
        byTime.Append(Batches.At(ManualTime.StartMs + 1000, "b"));
        byTime.Append(Batches.At(ManualTime.StartMs + 1001, "c"));
        Assert.Equal(["00000000000000000000.log", "00000000000000000002.log"], Logs(byTime));

        using var byIndex = new LogFixture(LogOptions.Default with { SegmentIndexBytes = 48, IndexIntervalBytes = 1 });
        for (var i = 0; i < 8; i++)
        {
            byIndex.Append(0, "x");
        }

        Assert.Equal(["00000000000000000000.log", "00000000000000000007.log"], Logs(byIndex));

        static string[] Logs(LogFixture fixture) => [.. fixture.Files.Where(x => x.EndsWith(".log"))];
    }

    [Fact]
    public void A_closed_log_refuses()
    {
        using var fixture = new LogFixture();
        fixture.Append(0, "x");
        fixture.Log.Dispose();
        Assert.Equal(ErrorCode.KafkaStorageError, fixture.Log.AppendAsLeader(Batches.Of("y"), new LeaderEpoch(0)).Error);
        Assert.Equal(ErrorCode.KafkaStorageError, fixture.Log.Read(Offset.Zero, new Offset(1), 100, true).Error);
    }

    private static (int Epoch, long End) Unwrap((LeaderEpoch Epoch, Offset End) found) => (found.Epoch.Value, found.End.Value);
}
