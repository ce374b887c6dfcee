using OrleansStreaming.Records.Errors;
using OrleansStreaming.Records.Ids;
using OrleansStreaming.Storage.Logs;
using OrleansStreaming.Storage.Tests.Support;

namespace OrleansStreaming.Storage.Tests.Logs;

public sealed class ReadTests
{
    [Fact]
    public void Offsets_outside_the_log_are_out_of_range_and_its_end_is_empty()
    {
        using var fixture = new LogFixture();
        fixture.Append(0, "a", "b", "c");
        fixture.Log.AdvanceLogStart(new Offset(1));

        Assert.Equal(ErrorCode.OffsetOutOfRange, Read(fixture, 0, 3).Error);
        Assert.Equal(ErrorCode.OffsetOutOfRange, Read(fixture, 4, 3).Error);
        Assert.Equal((ErrorCode.None, 0), Outcome(Read(fixture, 3, 3)));
        Assert.NotEqual(0, Read(fixture, 1, 3).Records.Length);
    }

    [Fact]
    public void A_read_begins_with_the_batch_that_holds_the_offset()
    {
        using var fixture = new LogFixture(LogOptions.Default with { IndexIntervalBytes = 100 });
        for (var i = 0; i < 50; i++)
        {
            fixture.Append(0, $"{i}a", $"{i}b");
        }

        for (var offset = 0; offset < 100; offset++)
        {
            using var records = Read(fixture, offset, 100, maxBytes: 1).Records;
            Assert.Equal(offset / 2 * 2, Batches.Decode(records.ToArray())[0].Offset);
        }
    }

    [Fact]
    public void The_first_batch_is_whole_or_absent_and_the_last_may_be_cut()
    {
        using var fixture = new LogFixture();
        fixture.Append(Batches.Sized(100));
        var size = (int)fixture.Log.SizeInBytes;
        fixture.Append(Batches.Sized(100));

        Assert.Equal(size, Read(fixture, 0, 2, maxBytes: 1).Records.Length);
        Assert.Equal(0, Read(fixture, 0, 2, maxBytes: 1, atLeastOne: false).Records.Length);
        Assert.Equal(size + 10, Read(fixture, 0, 2, maxBytes: size + 10).Records.Length);
        Assert.Equal(2 * size, Read(fixture, 0, 2, maxBytes: int.MaxValue).Records.Length);
    }

    [Fact]
    public void Nothing_at_or_above_the_limit_is_shown()
    {
        using var fixture = new LogFixture(LogOptions.Default with { SegmentBytes = 500, IndexIntervalBytes = 50 });
        for (var i = 0; i < 30; i++)
        {
            fixture.Append(0, $"value {i}");
        }

        for (var limit = 0; limit <= 30; limit++)
        {
            for (var offset = 0; offset <= limit; offset++)
            {
                using var records = Read(fixture, offset, limit).Records;
                var decoded = Batches.Decode(records.ToArray());
                Assert.Equal(offset < limit, decoded.Count > 0);
                Assert.All(decoded, x => Assert.InRange(x.Offset, offset, limit - 1));
            }
        }
    }

    [Fact]
    public void A_source_copies_any_part_and_survives_deletion_of_its_segment()
    {
        using var fixture = new LogFixture(LogOptions.Default with { SegmentBytes = 300 });
        for (var i = 0; i < 5; i++)
        {
            fixture.Append(Batches.Sized(150, (char)('a' + i)));
        }

        using var records = Read(fixture, 0, 5).Records;
        fixture.Log.AdvanceLogStart(new Offset(4));
        fixture.Time.Advance(fixture.Options.FileDeleteDelayMs);
        Assert.DoesNotContain(fixture.Files, x => x.EndsWith(".deleted"));

        Assert.Equal((0, new string('a', 150)), Batches.Decode(records.ToArray())[0]);
        var middle = new byte[7];
        records.CopyTo(20, middle);
        Assert.Equal(records.ToArray()[20..27], middle);
        Assert.Throws<ArgumentOutOfRangeException>(() => records.CopyTo(records.Length - 3, middle));
    }

    [Fact]
    public void A_source_never_shows_bytes_written_after_a_truncation()
    {
        using var fixture = new LogFixture();
        fixture.Append(Batches.Sized(50, 'a'));
        fixture.Append(Batches.Sized(50, 'b'));
        using var all = Read(fixture, 0, 2).Records;
        using var first = Read(fixture, 0, 1).Records;
        fixture.Log.TruncateTo(new Offset(1));
        fixture.Append(Batches.Sized(50, 'c'));

        Assert.Throws<IOException>(() => all.ToArray());
        Assert.Equal((0, new string('a', 50)), Batches.Decode(first.ToArray())[0]);
        Assert.Equal([(0, new string('a', 50)), (1, new string('c', 50))], fixture.ReadAll());
    }

    [Fact]
    public void A_disposed_source_is_not_read()
    {
        using var fixture = new LogFixture();
        fixture.Append(0, "x");
        var records = Read(fixture, 0, 1).Records;
        records.Dispose();
        records.Dispose();
        Assert.Throws<ObjectDisposedException>(() => records.ToArray());
        Assert.Equal([(0, "x")], fixture.ReadAll());
    }

    [Fact]
    public void Reads_in_pieces_are_put_together()
    {
        using var fixture = new LogFixture(LogOptions.Default with { IndexIntervalBytes = 64 });
        for (var i = 0; i < 20; i++)
        {
            fixture.Append(0, $"value {i}");
        }

        fixture.Device.ReadsInPieces = true;
        Assert.Equal(Enumerable.Range(0, 20).Select(x => ((long)x, $"value {x}")), fixture.ReadAll());
        fixture.Kill();
        Assert.Equal(20, fixture.ReadAll().Count);
    }

    private static LogReadResult Read(LogFixture fixture, long offset, long limit, int maxBytes = 1 << 20, bool atLeastOne = true) =>
        fixture.Log.Read(new Offset(offset), new Offset(limit), maxBytes, atLeastOne);

    private static (ErrorCode, int) Outcome(LogReadResult result) => (result.Error, result.Records.Length);
}
