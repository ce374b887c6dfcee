using OrleansStreaming.Records.Errors;
using OrleansStreaming.Records.Ids;
using OrleansStreaming.Storage.Logs;
using OrleansStreaming.Storage.Tests.Support;

namespace OrleansStreaming.Storage.Tests.Logs;

public sealed class FlushTests
{
    [Fact]
    public async Task Callers_that_come_together_share_one_sync()
    {
        using var fixture = new LogFixture();
        fixture.Append(0, "first");
        await fixture.Log.FlushAsync();
        fixture.Background.Holds = true;
        var before = fixture.Device.Flushes;
        var waiting = new List<Task>();
        for (var i = 0; i < 20; i++)
        {
            fixture.Append(0, $"{i}");
            waiting.Add(fixture.Log.FlushAsync());
        }

        Assert.All(waiting, x => Assert.False(x.IsCompleted));
        Assert.Equal(1, fixture.Log.FlushedTo.Value);
        fixture.Background.RunHeld();
        await Task.WhenAll(waiting);
        Assert.Equal(21, fixture.Log.FlushedTo.Value);
        Assert.Equal(1, fixture.Device.Flushes - before);
    }

    [Fact]
    public async Task Nothing_to_sync_costs_nothing()
    {
        using var fixture = new LogFixture();
        fixture.Append(0, "x");
        await fixture.Log.FlushAsync();
        var before = fixture.Device.Flushes;
        Assert.True(fixture.Log.FlushAsync().IsCompletedSuccessfully);
        Assert.Equal(before, fixture.Device.Flushes);
    }

    [Fact]
    public async Task A_sync_is_due_by_count_and_by_time()
    {
        using var fixture = new LogFixture(LogOptions.Default with { FlushMessages = 3, FlushMs = 100 });
        fixture.Append(0, "a", "b");
        Assert.False(fixture.Log.IsFlushDue);
        fixture.Append(0, "c");
        Assert.True(fixture.Log.IsFlushDue);
        await fixture.Log.FlushAsync();
        Assert.False(fixture.Log.IsFlushDue);

        fixture.Append(0, "d");
        fixture.Time.Advance(99);
        Assert.False(fixture.Log.IsFlushDue);
        fixture.Time.Advance(1);
        Assert.True(fixture.Log.IsFlushDue);
    }

    [Fact]
    public async Task A_rolled_segment_is_synced_in_the_background()
    {
        using var fixture = new LogFixture(LogOptions.Default with { SegmentBytes = 200 });
        fixture.Append(Batches.Sized(100));
        Assert.Equal(0, fixture.Log.FlushedTo.Value);
        fixture.Append(Batches.Sized(100));
        Assert.Equal(1, fixture.Log.FlushedTo.Value);
        await fixture.Log.FlushAsync();
        Assert.Equal(2, fixture.Log.FlushedTo.Value);
    }

    [Fact]
    public async Task After_a_failed_sync_the_log_stays_failed_until_reopened()
    {
        using var fixture = new LogFixture();
        fixture.Append(0, "synced");
        await fixture.Log.FlushAsync();
        fixture.Append(0, "lost?");
        fixture.Device.FailingFlushes = 1;

        await Assert.ThrowsAsync<IOException>(fixture.Log.FlushAsync);
        Assert.NotNull(fixture.Log.WriteFault);
        Assert.Equal(1, fixture.Log.FlushedTo.Value);
        await Assert.ThrowsAsync<IOException>(fixture.Log.FlushAsync);
        Assert.Equal(ErrorCode.KafkaStorageError, fixture.Log.AppendAsLeader(Batches.Of("x"), new LeaderEpoch(0)).Error);
        Assert.Equal(2, fixture.ReadAll().Count);

        await fixture.ReopenAsync();
        Assert.False(fixture.Directory.WasCleanShutdown);
        Assert.Null(fixture.Log.WriteFault);
        fixture.Append(0, "again");
        await fixture.Log.FlushAsync();
        Assert.Equal(fixture.Log.LogEnd, fixture.Log.FlushedTo);
    }

    [Fact]
    public async Task A_sync_that_a_truncation_overtakes_is_done_again()
    {
        using var fixture = new LogFixture();
        fixture.Append(0, "a");
        fixture.Append(0, "b");
        fixture.Device.DuringFlush = () =>
        {
            fixture.Log.TruncateTo(new Offset(1));
            fixture.Append(1, "c");
        };
        await fixture.Log.FlushAsync();
        Assert.Equal(2, fixture.Log.FlushedTo.Value);
        fixture.Crash();
        Assert.Equal([(0, "a"), (1, "c")], fixture.ReadAll());
    }
}
