using System.Text;
using OrleansStreaming.Records.Errors;
using OrleansStreaming.Records.Ids;
using OrleansStreaming.Storage.Devices;
using OrleansStreaming.Storage.Logs;
using OrleansStreaming.Storage.Tests.Support;

namespace OrleansStreaming.Storage.Tests.Faults;

/// <summary>Damage to files of a log that was closed cleanly, so that no recovery looks at them.</summary>
public sealed class CorruptionTests
{
    private static readonly LogOptions _options = LogOptions.Default with { SegmentBytes = 700, IndexIntervalBytes = 150 };

    [Fact]
    public async Task A_flipped_bit_anywhere_in_a_segment_is_found_and_never_served()
    {
        var length = 600;
        for (var position = 0; position < length; position += position < 100 ? 1 : 13)
        {
            using var fixture = await NewLogAsync();
            var expected = fixture.ReadAll();
            await fixture.ReopenAsync();
            var path = fixture.FileOf(SecondSegment(fixture), ".log");
            length = fixture.Device.ReadAllBytes(path).Length;
            fixture.Device.FlipBit(path, position, position % 8);

            var served = Served(fixture, expected);
            var corruption = fixture.Log.Corruption;
            Assert.True(corruption is not null, $"byte {position}");
            Assert.Equal(path, corruption.File);
            Assert.InRange(corruption.Position, 0, position);
            Assert.True(position - corruption.Position < 200, $"byte {position}: {corruption.Message}");
            Assert.True(served.IsSupersetOf(expected.Select(x => x.Offset).Where(x => x < corruption.From.Value)), $"byte {position}: {corruption.Message}");

            var read = fixture.Log.Read(corruption.From, fixture.Log.LogEnd, 1000, atLeastOneBatch: true);
            Assert.Equal((ErrorCode.CorruptMessage, corruption), (read.Error, read.Corruption));
            Assert.Equal(corruption.From, fixture.Log.DropCorrupted());
            Assert.Null(fixture.Log.Corruption);
            Assert.Equal(expected.Where(x => x.Offset < corruption.From.Value), fixture.ReadAll());

            // As a follower gets the rest from the leader.
            foreach (var (offset, value) in expected.Where(x => x.Offset >= corruption.From.Value))
            {
                Assert.Equal(ErrorCode.None, fixture.Log.AppendAsFollower(Batches.Replicated(offset, 0, value)).Error);
            }

            Assert.Equal(expected, fixture.ReadAll());
            await fixture.ReopenAsync();
            Assert.Equal(expected, fixture.ReadAll());
        }
    }

    [Fact]
    public async Task A_segment_that_was_cut_off_is_found()
    {
        for (var left = 0; left < 500; left += 23)
        {
            using var fixture = await NewLogAsync();
            var expected = fixture.ReadAll();
            await fixture.ReopenAsync();
            Cut(fixture, fixture.FileOf(SecondSegment(fixture), ".log"), left);
            Served(fixture, expected);
            Assert.NotNull(fixture.Log.Corruption);
            var end = fixture.Log.DropCorrupted();
            Assert.True(fixture.Log.Corruption is null, $"{left}: {fixture.Log.Corruption} {end}");
            Assert.Equal(expected.Where(x => x.Offset < end.Value), fixture.ReadAll());
        }
    }

    [Fact]
    public async Task Damaged_indexes_cost_time_and_nothing_else()
    {
        foreach (var suffix in (string[])[".index", ".timeindex"])
        {
            for (var damage = 0; damage < 40; damage++)
            {
                using var fixture = await NewLogAsync();
                var expected = fixture.ReadAll();
                await fixture.ReopenAsync();
                var path = fixture.FileOf(SecondSegment(fixture), suffix);
                var length = fixture.Device.ReadAllBytes(path).Length;
                switch (damage)
                {
                    case 0:
                        fixture.Device.DeleteFile(path);
                        break;
                    case < 4:
                        Cut(fixture, path, length / damage - 1);
                        break;
                    default:
                        fixture.Device.FlipBit(path, damage % length, damage % 8);
                        break;
                }

                Assert.All(expected, x => Assert.Equal(x, fixture.ReadFrom(x.Offset)[0]));
                Assert.All(expected, x => Assert.Equal(x.Offset, fixture.Log.FindByTimestamp(TimestampOf(x.Offset), fixture.Log.LogEnd)!.Value.Offset.Value));
                Assert.Null(fixture.Log.Corruption);
            }
        }
    }

    [Fact]
    public async Task A_damaged_epoch_history_is_told_from_damaged_batches()
    {
        using var fixture = new LogFixture(_options);
        for (var i = 0; i < 40; i++)
        {
            fixture.Append(i / 10, $"{i}: {new string('x', 50)}");
        }

        var expected = fixture.ReadAll();
        await fixture.Directory.CloseAsync();
        var path = Path.Combine(fixture.Folder, "leader-epoch-checkpoint");
        var whole = fixture.Device.ReadAllBytes(path);
        for (var position = 0; position < whole.Length; position++)
        {
            for (var bit = 0; bit < 4; bit++)
            {
                fixture.Device.FlipBit(path, position, bit);
                await fixture.ReopenAsync();
                Assert.Equal(expected, fixture.ReadAll());
                Assert.Null(fixture.Log.Corruption);
                Assert.Equal((new LeaderEpoch(2), new Offset(30)), fixture.Log.EndOffsetFor(new LeaderEpoch(2)));
                await fixture.Directory.CloseAsync();
                fixture.Device.WriteAllBytes(path, whole);
            }
        }

        Assert.Contains("20", Encoding.UTF8.GetString(whole));
    }

    [Fact]
    public async Task A_damaged_index_of_aborted_transactions_is_built_anew()
    {
        // The last field only shortens a search; its lower bits cannot be checked.
        const int Checked = 26;
        for (var position = 0; position < 34; position++)
        {
            using var fixture = new LogFixture();
            fixture.Append(0, "before");
            fixture.Append(Batches.From(1, 0, count: 2, transactional: true));
            fixture.Log.AppendAsLeader(Batches.Marker(1, commit: false), new LeaderEpoch(0), Records.Batches.BatchOrigin.Coordinator);
            fixture.Append(0, "after");
            var expected = fixture.Log.AbortedTransactions(Offset.Zero, fixture.Log.LogEnd);
            Assert.Single(expected);
            await fixture.Directory.CloseAsync();
            fixture.Device.FlipBit(fixture.FileOf(0, ".txnindex"), position, position < Checked ? position % 8 : 7);
            await fixture.ReopenAsync();
            Assert.Equal(expected, fixture.Log.AbortedTransactions(Offset.Zero, fixture.Log.LogEnd));
        }
    }

    [Fact]
    public async Task The_scrub_finds_what_rotted_after_it_was_read()
    {
        using var fixture = await NewLogAsync();
        var expected = fixture.ReadAll();
        await fixture.ReopenAsync();
        Assert.Equal(expected, fixture.ReadAll());
        Assert.True(await fixture.Log.ScrubAsync(IoPace.Unlimited, CancellationToken.None) > 700);
        Assert.Null(fixture.Log.Corruption);

        fixture.Device.FlipBit(fixture.FileOf(SecondSegment(fixture), ".log"), 100, 3);
        await fixture.Log.ScrubAsync(IoPace.Unlimited, CancellationToken.None);
        Assert.NotNull(fixture.Log.Corruption);
        Assert.Equal(ErrorCode.CorruptMessage, fixture.Log.Read(fixture.Log.Corruption.From, fixture.Log.LogEnd, 10, true).Error);
    }

    [Fact]
    public async Task Damage_is_forgotten_when_its_segment_is_deleted()
    {
        using var fixture = await NewLogAsync();
        await fixture.ReopenAsync();
        fixture.Device.FlipBit(fixture.FileOf(0, ".log"), 80, 1);
        Assert.Equal(ErrorCode.CorruptMessage, fixture.Log.Read(Offset.Zero, fixture.Log.LogEnd, 10, true).Error);
        fixture.Log.AdvanceLogStart(fixture.Log.LogEnd);
        Assert.Null(fixture.Log.Corruption);
        Assert.Equal(fixture.Log.LogEnd, fixture.Log.DropCorrupted());
    }

    private static async Task<LogFixture> NewLogAsync()
    {
        var fixture = new LogFixture(_options);
        for (var i = 0; i < 30; i++)
        {
            fixture.Append(Batches.At(TimestampOf(i), $"{i}: {new string('x', 20)}"));
        }

        await fixture.Log.FlushAsync();
        return fixture;
    }

    private static long TimestampOf(long offset) => ManualTime.StartMs + (10 * offset);

    private static long SecondSegment(LogFixture fixture) =>
        long.Parse(fixture.Files.Where(x => x.EndsWith(".log")).ElementAt(1)[..20], System.Globalization.CultureInfo.InvariantCulture);

    /// <summary>Reads from every offset; whatever comes back must be what was written. Answers the offsets that were served.</summary>
    private static HashSet<long> Served(LogFixture fixture, List<(long Offset, string Value)> expected)
    {
        var served = new HashSet<long>();
        foreach (var (offset, _) in expected)
        {
            foreach (var bytes in (int[])[1, 350, 10_000])
            {
                using var records = fixture.Log.Read(new Offset(offset), fixture.Log.LogEnd, bytes, atLeastOneBatch: true).Records;
                var decoded = Batches.Decode(records.ToArray());
                Assert.All(decoded, x => Assert.Contains(x, expected));
                Assert.True(decoded.Count == 0 || decoded[0].Offset == offset, $"asked for {offset}, got {decoded.FirstOrDefault().Offset}");
                served.UnionWith(decoded.Select(x => x.Offset));
            }
        }

        return served;
    }

    private static void Cut(LogFixture fixture, string path, int length)
    {
        using var file = fixture.Device.Open(path, create: false);
        file.SetLength(length);
    }
}
