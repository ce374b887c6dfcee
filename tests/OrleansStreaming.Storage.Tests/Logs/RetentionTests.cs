using OrleansStreaming.Records.Ids;
using OrleansStreaming.Storage.Logs;
using OrleansStreaming.Storage.Tests.Support;

namespace OrleansStreaming.Storage.Tests.Logs;

public sealed class RetentionTests
{
    private static readonly LogOptions _oneBatchASegment = LogOptions.Default with { SegmentBytes = 200, RetentionMs = -1 };

    [Fact]
    public void Old_segments_go_by_time_but_not_beyond_the_high_watermark()
    {
        using var fixture = Filled(_oneBatchASegment with { RetentionMs = 1000 }, 5);
        fixture.Time.Advance(1002);
        Assert.Equal(2, fixture.Log.ApplyRetention(new Offset(2)));
        Assert.Equal(2, fixture.Log.LogStart.Value);
        Assert.Equal(2, fixture.ReadAll()[0].Offset);
    }

    [Fact]
    public void Newer_segments_stay()
    {
        using var fixture = Filled(_oneBatchASegment with { RetentionMs = 1000 }, 5, stepMs: 100);
        fixture.Time.Advance(1000 - (5 * 100) + 201);
        Assert.Equal(3, fixture.Log.ApplyRetention(fixture.Log.LogEnd));
        Assert.Equal(3, fixture.Log.LogStart.Value);
    }

    [Fact]
    public void All_of_the_log_may_be_too_old()
    {
        using var fixture = Filled(_oneBatchASegment with { RetentionMs = 1000 }, 3);
        fixture.Time.Advance(2000);
        Assert.Equal(3, fixture.Log.ApplyRetention(fixture.Log.LogEnd));
        Assert.Equal((3, 3), (fixture.Log.LogStart.Value, fixture.Log.LogEnd.Value));
        Assert.Equal(0, fixture.Log.ApplyRetention(fixture.Log.LogEnd));
        Assert.Equal(3, fixture.Append(0, "next").BaseOffset.Value);
        Assert.Equal([(3, "next")], fixture.ReadAll());
        fixture.Kill();
        Assert.Equal([(3, "next")], fixture.ReadAll());
    }

    [Fact]
    public void The_oldest_segments_go_by_size()
    {
        using var fixture = Filled(_oneBatchASegment, 5);
        var segment = fixture.Log.SizeInBytes / 5;
        fixture.Log.Configure(_oneBatchASegment with { RetentionBytes = 2 * segment });
        Assert.Equal(3, fixture.Log.ApplyRetention(fixture.Log.LogEnd));
        Assert.Equal(2 * segment, fixture.Log.SizeInBytes);

        fixture.Log.Configure(_oneBatchASegment with { RetentionBytes = (2 * segment) - 1 });
        Assert.Equal(0, fixture.Log.ApplyRetention(fixture.Log.LogEnd));
    }

    [Fact]
    public void Nothing_goes_without_the_delete_policy()
    {
        using var fixture = Filled(_oneBatchASegment with { RetentionMs = 1, CleanupDelete = false }, 3);
        fixture.Time.Advance(5000);
        Assert.Equal(0, fixture.Log.ApplyRetention(fixture.Log.LogEnd));
    }

    [Fact]
    public void Files_are_renamed_at_once_and_removed_later()
    {
        using var fixture = Filled(_oneBatchASegment, 3);
        fixture.Log.AdvanceLogStart(new Offset(2));
        Assert.Contains("00000000000000000000.log.deleted", fixture.Files);
        Assert.DoesNotContain("00000000000000000001.log", fixture.Files);

        fixture.Time.Advance(59_999);
        Assert.Contains("00000000000000000001.index.deleted", fixture.Files);
        fixture.Time.Advance(1);
        Assert.DoesNotContain(fixture.Files, x => x.EndsWith(".deleted"));
    }

    [Fact]
    public async Task The_log_start_moves_inside_a_segment_and_is_remembered()
    {
        using var fixture = new LogFixture();
        fixture.Append(0, "a", "b", "c");
        fixture.Log.AdvanceLogStart(new Offset(2));
        fixture.Log.AdvanceLogStart(new Offset(1));
        Assert.Equal([(2, "c")], fixture.ReadAll().Where(x => x.Offset >= fixture.Log.LogStart.Value));
        Assert.Throws<ArgumentOutOfRangeException>(() => fixture.Log.AdvanceLogStart(new Offset(4)));

        await fixture.ReopenAsync();
        Assert.Equal(2, fixture.Log.LogStart.Value);
    }

    [Fact]
    public void What_a_crash_left_half_deleted_is_removed_at_the_next_start()
    {
        using var fixture = Filled(_oneBatchASegment, 3);
        fixture.Log.AdvanceLogStart(new Offset(2));
        fixture.Kill();
        Assert.DoesNotContain(fixture.Files, x => x.EndsWith(".deleted"));
        Assert.Equal(2, fixture.Log.LogStart.Value);
    }

    private static LogFixture Filled(LogOptions options, int count, long stepMs = 0)
    {
        var fixture = new LogFixture(options);
        for (var i = 0; i < count; i++)
        {
            fixture.Append(Batches.At(fixture.Time.GetUtcNow().ToUnixTimeMilliseconds(), new string('x', 100)));
            fixture.Time.Advance(stepMs);
        }

        return fixture;
    }
}
