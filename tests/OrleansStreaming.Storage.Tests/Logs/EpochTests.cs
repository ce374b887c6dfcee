using OrleansStreaming.Records.Ids;
using OrleansStreaming.Storage.Epochs;
using OrleansStreaming.Storage.Tests.Support;

namespace OrleansStreaming.Storage.Tests.Logs;

public sealed class EpochTests
{
    [Fact]
    public void The_end_of_an_epoch_is_the_start_of_the_next()
    {
        using var fixture = new LogFixture();
        fixture.Append(2, "a");
        fixture.Append(2, "b");
        fixture.Append(5, "c");

        Assert.Equal((2, 2), End(fixture, 2));
        Assert.Equal((2, 2), End(fixture, 4));
        Assert.Equal((5, 3), End(fixture, 5));
        Assert.Equal((1, 0), End(fixture, 1));
        Assert.Equal((-1, -1), End(fixture, 6));
        Assert.Equal((-1, -1), End(fixture, -1));
    }

    [Fact]
    public void An_empty_log_knows_nothing()
    {
        using var fixture = new LogFixture();
        Assert.Equal((-1, -1), End(fixture, 0));
        Assert.Equal(LeaderEpoch.None, fixture.Log.LatestEpoch);
    }

    [Fact]
    public async Task A_term_begins_at_the_end_and_is_remembered()
    {
        using var fixture = new LogFixture();
        fixture.Append(1, "a");
        fixture.Log.BeginEpoch(new LeaderEpoch(3));
        fixture.Log.BeginEpoch(new LeaderEpoch(2));
        Assert.Equal((1, 1), End(fixture, 1));
        Assert.Equal((3, 1), End(fixture, 3));

        await fixture.ReopenAsync();
        Assert.Equal(3, fixture.Log.LatestEpoch.Value);
        fixture.Log.TruncateTo(new Offset(1));
        Assert.Equal(1, fixture.Log.LatestEpoch.Value);
    }

    [Fact]
    public void Truncation_forgets_epochs_that_began_behind_it()
    {
        using var fixture = new LogFixture();
        fixture.Append(1, "a");
        fixture.Append(2, "b");
        fixture.Append(3, "c");
        fixture.Log.TruncateTo(new Offset(2));
        Assert.Equal(2, fixture.Log.LatestEpoch.Value);
        fixture.Kill();
        Assert.Equal(2, fixture.Log.LatestEpoch.Value);
        Assert.Equal((1, 1), End(fixture, 1));
    }

    [Fact]
    public void A_deleted_beginning_moves_the_oldest_epoch()
    {
        using var fixture = new LogFixture();
        fixture.Append(1, "a");
        fixture.Append(2, "b", "c");
        fixture.Append(3, "d");
        fixture.Log.AdvanceLogStart(new Offset(2));
        Assert.Equal((0, 2), End(fixture, 0));
        Assert.Equal((2, 3), End(fixture, 2));
    }

    [Fact]
    public async Task A_missing_or_damaged_history_is_read_from_the_batches()
    {
        using var fixture = new LogFixture();
        fixture.Append(1, "a");
        fixture.Append(4, "b");
        await fixture.Directory.CloseAsync();
        fixture.Device.DeleteFile(Path.Combine(fixture.Folder, "leader-epoch-checkpoint"));
        await fixture.ReopenAsync();
        Assert.Equal((1, 1), End(fixture, 1));
        Assert.Equal((4, 2), End(fixture, 4));
    }

    [Fact]
    public void Contradicting_entries_give_way()
    {
        var history = new LeaderEpochHistory([]);
        Assert.True(history.Assign(1, 0));
        Assert.True(history.Assign(4, 10));
        Assert.False(history.Assign(4, 12));
        Assert.True(history.Assign(5, 10));
        Assert.Equal([new EpochEntry(1, 0), new EpochEntry(5, 10)], history.Entries);
        Assert.True(history.IsFencedAt(4, 11));
        Assert.False(history.IsFencedAt(4, 10));
    }

    private static (int, long) End(LogFixture fixture, int epoch)
    {
        var (found, end) = fixture.Log.EndOffsetFor(new LeaderEpoch(epoch));
        return (found.Value, end.Value);
    }
}
