using OrleansStreaming.Records.Batches;
using OrleansStreaming.Records.Compression;
using OrleansStreaming.Records.Errors;
using OrleansStreaming.Records.Ids;
using OrleansStreaming.Storage.Compaction;
using OrleansStreaming.Storage.Tests.Support;

namespace OrleansStreaming.Storage.Tests.Compaction;

public sealed class CompactionTests
{
    [Fact]
    public async Task Of_each_key_the_last_record_stays_where_it_was()
    {
        using var fixture = new LogFixture(Keyed.Options with { SegmentBytes = 1500 });
        for (var i = 0; i < 300; i++)
        {
            fixture.Append(Keyed.Of(($"k{i % 10}", $"{i}"), ($"k{i % 7}", $"{i}'")));
        }

        var before = fixture.ReadRecords();
        var result = await fixture.CleanAsync();

        var active = fixture.ReadBatches()[^1].Header.BaseOffset;
        var after = fixture.ReadRecords();
        Assert.Equal(Keyed.Table(before), Keyed.Table(after));
        Assert.All(after, x => Assert.Contains(x, before));
        Assert.Equal(after.OrderBy(x => x.Offset), after);
        Assert.Equal(600, fixture.Log.LogEnd.Value);
        Assert.True(result.CleanedTo.Value <= active);
        Assert.Equal(10, after.Count(x => x.Offset < result.CleanedTo.Value));
        Assert.Equal(after.Where(x => x.Offset >= result.CleanedTo.Value), before.Where(x => x.Offset >= result.CleanedTo.Value));
        Assert.Equal(result.CleanedTo, fixture.Log.CleanedTo);
        Assert.Equal(CompactionOutcome.NothingToDo, (await fixture.CompactAsync()).Outcome);

        fixture.Time.Advance(fixture.Options.FileDeleteDelayMs);
        Assert.DoesNotContain(fixture.Files, x => x.Contains(".deleted") || x.Contains(".cleaned") || x.Contains(".swap"));
        await fixture.ReopenAsync();
        Assert.Equal(result.CleanedTo, fixture.Log.CleanedTo);
        Assert.Equal(after, fixture.ReadRecords());
        fixture.Kill();
        Assert.Equal(after, fixture.ReadRecords());
    }

    [Fact]
    public async Task Small_segments_become_one()
    {
        using var fixture = new LogFixture(Keyed.Options);
        for (var i = 0; i < 50; i++)
        {
            fixture.Put($"k{i % 2}", $"{i}");
        }

        fixture.Roll();
        await fixture.CleanAsync();
        Assert.True(Logs() > 10);
        fixture.Roll();
        await fixture.CleanAsync();
        fixture.Roll();
        await fixture.CleanAsync();
        Assert.InRange(Logs(), 2, 5);
        Assert.Equal(["48", "49"], fixture.Table().Where(x => x.Key[0] == 'k').Select(x => x.Value));

        int Logs() => fixture.Files.Count(x => x.EndsWith(".log"));
    }

    [Fact]
    public async Task Every_offset_can_be_read_from_and_every_timestamp_looked_up()
    {
        using var fixture = new LogFixture(Keyed.Options with { SegmentBytes = 1000 });
        for (var i = 0; i < 100; i++)
        {
            fixture.Append(Keyed.Of(BatchOptions.Default, ManualTime.StartMs + (10 * i), ($"k{i % 20}", $"{i}"), ($"k{i % 3}", $"{i}'")));
        }

        await fixture.CleanAsync();
        var records = fixture.ReadRecords();
        Assert.True(records.Count < 60);
        for (var offset = 0; offset < 200; offset++)
        {
            var next = records.First(x => x.Offset >= offset);
            Assert.Equal(next, fixture.ReadBatches(offset).SelectMany(x => x.Records).First(x => x.Offset >= offset));
        }

        for (var timestamp = ManualTime.StartMs; timestamp <= ManualTime.StartMs + 990; timestamp++)
        {
            Assert.Equal(records.First(x => x.Timestamp >= timestamp).Offset, fixture.Log.FindByTimestamp(timestamp, fixture.Log.LogEnd)!.Value.Offset.Value);
        }

        Assert.Equal(199, fixture.Log.FindMaxTimestamp()!.Value.Offset.Value);
    }

    [Fact]
    public async Task Tombstones_stay_for_their_retention_and_then_go()
    {
        using var fixture = new LogFixture(Keyed.Options);
        fixture.Put("a", "1");
        fixture.Put("b", "1");
        fixture.Put("a", null);
        fixture.Roll();
        await fixture.CleanAsync();
        Assert.Equal(["b", "a"], Keys());
        var horizon = fixture.ReadBatches().Single(x => x.Header.HasDeleteHorizon).Header;
        Assert.Equal((ManualTime.StartMs + 1000, 2), (horizon.BaseTimestamp, horizon.BaseOffset));
        Assert.Equal(ManualTime.StartMs, fixture.ReadRecords().Single(x => x.Key == "a").Timestamp);

        fixture.Time.Advance(999);
        fixture.Roll();
        await fixture.CleanAsync();
        Assert.Equal(["b", "a"], Keys());

        fixture.Time.Advance(1);
        fixture.Roll();
        await fixture.CleanAsync();
        Assert.Equal(["b"], Keys());
        fixture.Kill();
        Assert.Equal(["b"], Keys());

        string[] Keys() => [.. fixture.ReadRecords().Select(x => x.Key).Where(x => x.Length == 1)];
    }

    [Fact]
    public async Task Nothing_at_or_above_the_last_stable_offset_is_touched()
    {
        using var fixture = new LogFixture(Keyed.Options with { SegmentBytes = 200 });
        for (var i = 0; i < 20; i++)
        {
            fixture.Put("k", $"{i}");
        }

        var before = fixture.ReadRecords();
        var result = await fixture.Log.CompactAsync(new Offset(10), Keyed.NewCleaner(), CancellationToken.None);
        Assert.InRange(result.CleanedTo.Value, 5, 10);
        Assert.Equal(before.Where(x => x.Offset >= result.CleanedTo.Value - 1), fixture.ReadRecords());
    }

    [Fact]
    public async Task The_lags_hold_compaction_back_and_force_it()
    {
        using var fixture = new LogFixture(Keyed.Options with { MinCompactionLagMs = 5000, MinCleanableDirtyRatio = 1 });
        fixture.Put("a", "1");
        fixture.Put("a", "2");
        fixture.Roll();
        Assert.Equal(0, Dirtiness().DirtyBytes);

        fixture.Time.Advance(5001);
        Assert.True(Dirtiness().DirtyBytes > 0);
        Assert.False(fixture.Log.IsCompactionDue(Dirtiness()));
        fixture.Log.Configure(fixture.Options with { MaxCompactionLagMs = 6000 });
        Assert.False(fixture.Log.IsCompactionDue(Dirtiness()));
        fixture.Time.Advance(1000);
        Assert.True(fixture.Log.IsCompactionDue(Dirtiness()));
        await fixture.CleanAsync();
        Assert.Equal("2", fixture.Table()["a"]);

        Storage.Logs.LogDirtiness Dirtiness() => fixture.Log.Dirtiness(fixture.Log.LogEnd);
    }

    [Theory]
    [InlineData(CompressionType.None)]
    [InlineData(CompressionType.Gzip)]
    [InlineData(CompressionType.Snappy)]
    [InlineData(CompressionType.Lz4)]
    [InlineData(CompressionType.Zstd)]
    public async Task A_batch_keeps_its_codec_and_its_offsets(CompressionType codec)
    {
        if (CompressionLibraries.FindMissing(codec) is not null)
        {
            return;
        }

        using var fixture = new LogFixture(Keyed.Options);
        fixture.Append(Keyed.Of(codec, ("a", "1"), ("b", "1"), ("c", null), ("d", "1"), ("a", "2")));
        fixture.Put("b", "2");
        fixture.Roll();
        await fixture.CleanAsync();
        var (header, records) = fixture.ReadBatches()[0];
        Assert.Equal((codec, 0L, 4L, 3), (header.Compression, header.BaseOffset, header.LastOffset, header.RecordCount));
        Assert.Equal([(2, "c", null), (3, "d", "1"), (4, "a", "2")], records.Select(x => (x.Offset, x.Key, x.Value)));
        Assert.Equal([2L, 3, 4], records.Select(x => x.Timestamp - ManualTime.StartMs));
    }

    [Fact]
    public async Task A_read_that_began_before_sees_what_was_there_before()
    {
        using var fixture = new LogFixture(Keyed.Options);
        fixture.Put("a", "1");
        fixture.Put("a", "2");
        fixture.Put("b", "1");
        fixture.Roll();
        var before = fixture.ReadRecords();
        using var open = fixture.Log.Read(Offset.Zero, new Offset(3), 1 << 20, atLeastOneBatch: true).Records;
        await fixture.CleanAsync();
        fixture.Roll();
        await fixture.CleanAsync();
        fixture.Time.Advance(fixture.Options.FileDeleteDelayMs);

        Assert.Equal(before[..3], Keyed.Decode(open.ToArray()).SelectMany(x => x.Records));
        Assert.Equal(["a", "b"], fixture.ReadRecords().Select(x => x.Key).Where(x => x.Length == 1));
    }

    [Fact]
    public async Task A_map_that_is_full_leaves_the_rest_for_the_next_time()
    {
        using var fixture = new LogFixture(Keyed.Options);
        for (var i = 0; i < 60; i++)
        {
            fixture.Put($"k{i % 30}", $"{i}");
        }

        fixture.Roll();
        var table = fixture.Table();
        var few = CleanerOptions.Default with { DedupeBufferBytes = 24 * 10 };
        var rounds = 0;
        for (; (await fixture.CompactAsync(few)).Outcome == CompactionOutcome.Cleaned; rounds++)
        {
            Assert.Equal(table, fixture.Table());
        }

        Assert.InRange(rounds, 3, 20);
        Assert.Equal(32, fixture.ReadRecords().Count);

        fixture.Append(Keyed.Of([.. Enumerable.Range(0, 12).Select(x => ($"x{x}", (string?)"1"))]));
        fixture.Roll();
        await fixture.CleanAsync(few);
        Assert.Equal(CompactionOutcome.Unsupported, (await fixture.CompactAsync(few)).Outcome);
    }

    [Fact]
    public async Task Compact_and_delete_also_deletes_old_segments()
    {
        using var fixture = new LogFixture(Keyed.Options with { CleanupDelete = true, RetentionMs = 60_000 });
        fixture.Put("old", "1");
        fixture.Roll();
        await fixture.CleanAsync();
        fixture.Time.Advance(60_001);
        fixture.Append(Keyed.Of(BatchOptions.Default, ManualTime.StartMs + 60_001, ("new", "1")));
        Assert.True(fixture.Log.ApplyRetention(fixture.Log.LogEnd) > 0);
        Assert.DoesNotContain("old", fixture.Table().Keys);
        Assert.True(fixture.Log.LogStart > Offset.Zero);
        fixture.Roll();
        await fixture.CleanAsync();
        Assert.Contains("new", fixture.Table().Keys);
    }

    [Fact]
    public void Records_without_keys_are_refused()
    {
        using var fixture = new LogFixture(Keyed.Options);
        var refused = fixture.Log.AppendAsLeader(Batches.Of("no key", "nor this"), new LeaderEpoch(0));
        Assert.Equal(ErrorCode.InvalidRecord, refused.Error);
        Assert.Equal([0, 1], refused.RecordErrors.Select(x => x.Index));
        Assert.Equal(Offset.Zero, fixture.Log.LogEnd);
    }

    [Fact]
    public async Task A_truncation_lowers_the_checkpoint_and_supersedes_a_compaction()
    {
        using var fixture = new LogFixture(Keyed.Options with { SegmentBytes = 200 });
        for (var i = 0; i < 30; i++)
        {
            fixture.Put($"k{i % 3}", $"{i}");
        }

        await fixture.CleanAsync();
        Assert.True(fixture.Log.CleanedTo.Value > 20);
        fixture.Log.TruncateTo(new Offset(10));
        Assert.Equal(10, fixture.Log.CleanedTo.Value);
        fixture.Kill();
        Assert.InRange(fixture.Log.CleanedTo.Value, 0, 10);

        for (var i = 0; i < 10; i++)
        {
            fixture.Put($"k{i}", "again");
        }

        fixture.Roll();
        await fixture.Log.FlushAsync();
        var before = fixture.ReadRecords();
        fixture.Device.DuringFlush = () => fixture.Log.TruncateTo(new Offset(before[^3].Offset));
        Assert.Equal(CompactionOutcome.Superseded, (await fixture.CompactAsync()).Outcome);
        Assert.Equal(before[..^3], fixture.ReadRecords());
        Assert.DoesNotContain(fixture.Files, x => x.Contains(".cleaned"));
    }
}
