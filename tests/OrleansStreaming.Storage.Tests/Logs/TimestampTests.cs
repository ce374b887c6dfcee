using OrleansStreaming.Records.Compression;
using OrleansStreaming.Records.Ids;
using OrleansStreaming.Storage.Logs;
using OrleansStreaming.Storage.Tests.Support;

namespace OrleansStreaming.Storage.Tests.Logs;

public sealed class TimestampTests
{
    private const long T = ManualTime.StartMs;

    [Theory]
    [InlineData(CompressionType.None)]
    [InlineData(CompressionType.Gzip)]
    public void The_first_record_at_or_after_a_time_is_found_inside_its_batch(CompressionType compression)
    {
        using var fixture = new LogFixture();
        fixture.Append(Batches.Compressed(compression, (T, "a"), (T + 10, "b"), (T + 5, "c")));
        fixture.Append(Batches.Compressed(compression, (T + 20, "d"), (T + 30, "e")), epoch: 2);

        Assert.Equal((T, 0, 0), Find(fixture, T - 5));
        Assert.Equal((T + 10, 1, 0), Find(fixture, T + 1));
        Assert.Equal((T + 20, 3, 2), Find(fixture, T + 11));
        Assert.Equal((T + 30, 4, 2), Find(fixture, T + 30));
        Assert.Null(Find(fixture, T + 31));
        Assert.Null(Find(fixture, T + 20, limit: 3));
        Assert.Equal(4, fixture.Log.FindMaxTimestamp()!.Value.Offset.Value);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task It_agrees_with_a_plain_search(int seed)
    {
        var random = new Random(seed);
        using var fixture = new LogFixture(LogOptions.Default with { SegmentBytes = 1000, IndexIntervalBytes = 150 }, seed);
        var timestamps = new List<long>();
        for (var i = 0; i < 200; i++)
        {
            var records = Enumerable.Range(0, random.Next(1, 4)).Select(_ => (T + random.Next(500), "x")).ToArray();
            timestamps.AddRange(records.Select(x => x.Item1));
            fixture.Append(Batches.WithTimestamps(records));
        }

        Check();
        await fixture.ReopenAsync();
        Check();
        fixture.Kill();
        Check();
        fixture.Log.AdvanceLogStart(new Offset(150));
        Check();

        void Check()
        {
            var start = (int)fixture.Log.LogStart.Value;
            for (var time = T - 1; time <= T + 501; time += 7)
            {
                var expected = timestamps.FindIndex(start, x => x >= time);
                Assert.True(expected == (fixture.Log.FindByTimestamp(time, fixture.Log.LogEnd)?.Offset.Value ?? -1), $"seed {seed}, time {time - T}");
            }

            var max = timestamps.Skip(start).Max();
            Assert.Equal((max, timestamps.IndexOf(max, start)), (fixture.Log.FindMaxTimestamp()!.Value.Timestamp, fixture.Log.FindMaxTimestamp()!.Value.Offset.Value));
        }
    }

    [Fact]
    public void A_log_without_timestamps_has_no_maximum()
    {
        using var fixture = new LogFixture(LogOptions.Default);
        Assert.Null(fixture.Log.FindMaxTimestamp());
        fixture.Append(Batches.At(-1, "x"));
        Assert.Null(fixture.Log.FindMaxTimestamp());
        Assert.Null(Find(fixture, 0));
    }

    private static (long, long, int)? Find(LogFixture fixture, long timestamp, long limit = long.MaxValue) =>
        fixture.Log.FindByTimestamp(timestamp, new Offset(limit)) is { } found
            ? (found.Timestamp, found.Offset.Value, found.Epoch.Value)
            : null;
}
