using OrleansStreaming.Records.Ids;
using OrleansStreaming.Storage.Logs;
using OrleansStreaming.Storage.Tests.Support;

namespace OrleansStreaming.Storage.Tests.Logs;

public sealed class TruncationTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(3)]
    [InlineData(7)]
    [InlineData(10)]
    [InlineData(12)]
    public async Task Records_behind_the_offset_are_gone_for_good(int offset)
    {
        using var fixture = Filled(10);
        await fixture.Log.FlushAsync();
        fixture.Directory.WriteCheckpoints();
        fixture.Log.TruncateTo(new Offset(offset));
        var kept = Math.Min(offset, 10);
        Assert.Equal(kept, fixture.Log.LogEnd.Value);
        Assert.True(fixture.Log.FlushedTo <= fixture.Log.LogEnd);
        Assert.Equal(kept, fixture.ReadAll().Count);

        fixture.Append(0, "new");
        fixture.Kill();
        Assert.Equal([.. Enumerable.Range(0, kept).Select(x => ((long)x, Value(x))), (kept, "new")], fixture.ReadAll());
    }

    [Fact]
    public void A_batch_is_cut_whole()
    {
        using var fixture = new LogFixture();
        fixture.Append(0, "a");
        fixture.Append(0, "b", "c", "d");
        fixture.Log.TruncateTo(new Offset(3));
        Assert.Equal(1, fixture.Log.LogEnd.Value);
    }

    [Fact]
    public async Task Starting_anew_forgets_everything()
    {
        using var fixture = Filled(10);
        fixture.Append(Batches.From(5, 0));
        fixture.Log.TruncateFullyAndStartAt(new Offset(100));
        Assert.Equal((100, 100, 100), (fixture.Log.LogStart.Value, fixture.Log.LogEnd.Value, fixture.Log.FlushedTo.Value));
        Assert.Equal(LeaderEpoch.None, fixture.Log.LatestEpoch);
        Assert.Equal(0, fixture.Log.SizeInBytes);
        Assert.False(fixture.Append(Batches.From(5, 0)).IsDuplicate);

        await fixture.ReopenAsync();
        Assert.Equal((100, 101), (fixture.Log.LogStart.Value, fixture.Log.LogEnd.Value));
        fixture.Kill();
        Assert.Equal(100, fixture.ReadAll().Single().Offset);
    }

    [Fact]
    public void Truncating_below_the_start_starts_anew_there()
    {
        using var fixture = Filled(10);
        fixture.Log.AdvanceLogStart(new Offset(8));
        fixture.Log.TruncateTo(new Offset(2));
        Assert.Equal((2, 2), (fixture.Log.LogStart.Value, fixture.Log.LogEnd.Value));
        Assert.Equal(2, fixture.Append(0, "x").BaseOffset.Value);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(6)]
    public async Task After_a_power_cut_old_records_never_stand_behind_new_ones(int seed)
    {
        using var fixture = Filled(10, seed);
        await fixture.Log.FlushAsync();
        fixture.Directory.WriteCheckpoints();
        fixture.Log.TruncateTo(new Offset(3));
        fixture.Append(1, "new 3");
        fixture.Append(1, "new 4");
        fixture.Crash();

        var values = fixture.ReadAll();
        var firstNew = values.FindIndex(x => x.Value.StartsWith("new", StringComparison.Ordinal));
        Assert.True(values.Count >= 3, $"seed {seed}");
        Assert.True(firstNew < 0 || values.Skip(firstNew).All(x => x.Value.StartsWith("new", StringComparison.Ordinal)), $"seed {seed}: {string.Join(", ", values)}");
        Assert.Equal(Enumerable.Range(0, values.Count).Select(x => (long)x), values.Select(x => x.Offset));
    }

    private static LogFixture Filled(int count, int seed = 1)
    {
        var fixture = new LogFixture(LogOptions.Default with { SegmentBytes = 400 }, seed);
        for (var i = 0; i < count; i++)
        {
            fixture.Append(0, Value(i));
        }

        return fixture;
    }

    private static string Value(int i) => $"{i}: {new string('x', 50)}";
}
