using System.Buffers;
using OrleansStreaming.Records.Ids;
using OrleansStreaming.Storage.Logs;
using OrleansStreaming.Storage.Tests.Support;

namespace OrleansStreaming.Storage.Tests.Faults;

public sealed class CrashTests
{
    [Fact]
    public async Task A_power_cut_keeps_what_was_synced_and_a_whole_prefix_of_the_rest()
    {
        for (var seed = 0; seed < 150; seed++)
        {
            var random = new Random(seed);
            using var fixture = new LogFixture(LogOptions.Default with { SegmentBytes = 2000, IndexIntervalBytes = 200 }, seed);
            var synced = 0L;
            var appended = random.Next(5, 60);
            for (var i = 0; i < appended; i++)
            {
                fixture.Append(i / 20, $"{i}: {new string('x', random.Next(300))}");
                if (random.Next(10) == 0)
                {
                    await fixture.Log.FlushAsync();
                    synced = fixture.Log.LogEnd.Value;
                }

                if (random.Next(10) == 0)
                {
                    fixture.Directory.WriteCheckpoints();
                }
            }

            fixture.Crash();
            var records = fixture.ReadAll();
            Assert.True(records.Count >= synced, $"seed {seed}: {records.Count} of {synced} synced records are left");
            Assert.Equal(records.Count, fixture.Log.LogEnd.Value);
            Assert.All(records, x => Assert.StartsWith($"{x.Offset}: ", x.Value));
            Assert.False(fixture.Log.Recovery is { LostSyncedRecords: true }, $"seed {seed}");

            fixture.Append(9, $"{records.Count}: next");
            await fixture.ReopenAsync();
            Assert.True(fixture.Directory.WasCleanShutdown);
            Assert.Null(fixture.Log.Recovery);
            Assert.Equal(records.Count + 1, fixture.ReadAll().Count);
        }
    }

    [Fact]
    public void A_torn_tail_is_cut()
    {
        using var fixture = new LogFixture();
        fixture.Append(0, "a");
        fixture.Append(0, "b");
        var path = fixture.FileOf(0, ".log");
        var whole = fixture.Device.ReadAllBytes(path);
        for (var length = whole.Length - 1; length >= whole.Length / 2; length--)
        {
            Put(fixture, path, whole[..length]);
            fixture.Kill();
            Assert.Equal([(0, "a")], fixture.ReadAll());
            var cut = length - (whole.Length / 2);
            Assert.Equal((cut, cut > 0), (fixture.Log.Recovery!.Value.BytesCut, fixture.Log.Recovery!.Value.IsTorn));
        }
    }

    [Fact]
    public void A_flipped_bit_is_found_and_nothing_behind_it_is_served()
    {
        for (var bit = 0; bit < 200; bit += 7)
        {
            using var fixture = new LogFixture();
            fixture.Append(0, "first");
            var position = fixture.Log.SizeInBytes;
            fixture.Append(0, "second");
            fixture.Append(0, "third");

            // Neither base offset nor leader epoch lie under the CRC.
            var bytes = (int)(fixture.Log.SizeInBytes - position) / 2;
            fixture.Device.FlipBit(fixture.FileOf(0, ".log"), position + 16 + (bit % (bytes - 16)), bit % 8);
            fixture.Kill();
            Assert.Equal([(0, "first")], fixture.ReadAll());
            Assert.Equal(1, fixture.Append(0, "again").BaseOffset.Value);
        }
    }

    [Fact]
    public async Task Losing_synced_records_is_told()
    {
        using var fixture = new LogFixture();
        fixture.Append(0, "a");
        var position = fixture.Log.SizeInBytes;
        fixture.Append(0, "b");
        await fixture.Log.FlushAsync();
        fixture.Directory.WriteCheckpoints();
        fixture.Device.FlipBit(fixture.FileOf(0, ".log"), position + 30, 3);
        fixture.Kill();
        Assert.True(fixture.Log.Recovery!.Value is { LostSyncedRecords: true, IsTorn: false });
        Assert.Equal(1, fixture.Log.FlushedTo.Value);
    }

    [Fact]
    public async Task A_damaged_header_is_reported_not_served()
    {
        using var fixture = new LogFixture();
        fixture.Append(0, "a");
        var position = fixture.Log.SizeInBytes;
        fixture.Append(0, "b");
        fixture.Append(0, "c");
        await fixture.ReopenAsync();
        fixture.Device.FlipBit(fixture.FileOf(0, ".log"), position + 16, 0);

        Assert.Equal(Records.Errors.ErrorCode.None, fixture.Log.Read(Offset.Zero, new Offset(1), 100, true).Error);
        Assert.Equal(Records.Errors.ErrorCode.CorruptMessage, fixture.Log.Read(new Offset(2), new Offset(3), 100, true).Error);
    }

    [Fact]
    public async Task Missing_and_damaged_indexes_are_built_anew()
    {
        string[] suffixes = [".index", ".timeindex", ".txnindex", ".snapshot"];
        foreach (var suffix in suffixes)
        {
            // That an index of aborted transactions is missing cannot be told from there being none.
            foreach (var damage in Damages.Skip(suffix == ".txnindex" ? 1 : 0))
            {
                using var fixture = new LogFixture(LogOptions.Default with { SegmentBytes = 1500, IndexIntervalBytes = 100 });
                for (var i = 0; i < 20; i++)
                {
                    fixture.Append(Batches.From(1, i, transactional: true));
                    if (i % 3 == 2)
                    {
                        fixture.Log.AppendAsLeader(
                            Batches.Marker(1, commit: i % 2 == 0), new LeaderEpoch(0), Records.Batches.BatchOrigin.Coordinator);
                    }
                }

                var expected = fixture.ReadAll();
                var aborted = fixture.Log.AbortedTransactions(Offset.Zero, fixture.Log.LogEnd);
                var latest = fixture.Log.FindMaxTimestamp();
                await fixture.Directory.CloseAsync();
                foreach (var path in fixture.Device.ListFiles(fixture.Folder).Where(x => x.EndsWith(suffix)).ToArray())
                {
                    damage(fixture, path);
                }

                await fixture.ReopenAsync();
                Assert.Equal(expected, fixture.ReadAll());
                Assert.Equal(aborted, fixture.Log.AbortedTransactions(Offset.Zero, fixture.Log.LogEnd));
                Assert.Equal(latest, fixture.Log.FindMaxTimestamp());
                Assert.All(expected, x => Assert.Equal(x, fixture.ReadFrom(x.Offset)[0]));
                Assert.True(fixture.Append(Batches.From(1, 19, transactional: true)).IsDuplicate, suffix);
            }
        }
    }

    [Fact]
    public async Task An_index_entry_that_points_nowhere_costs_time_and_nothing_else()
    {
        using var fixture = new LogFixture(LogOptions.Default with { IndexIntervalBytes = 100 });
        for (var i = 0; i < 20; i++)
        {
            fixture.Append(0, $"{i}");
        }

        var expected = fixture.ReadAll();
        await fixture.Directory.CloseAsync();
        var index = fixture.Device.ReadAllBytes(fixture.FileOf(0, ".index"));
        for (var entry = 0; entry < (index.Length / 8) - 1; entry++)
        {
            index[(entry * 8) + 7] ^= 0x35;
        }

        Put(fixture, fixture.FileOf(0, ".index"), index);
        await fixture.ReopenAsync();
        Assert.All(expected, x => Assert.Equal(x, fixture.ReadFrom(x.Offset)[0]));
    }

    private static readonly Action<LogFixture, string>[] Damages =
    [
        static (fixture, path) => fixture.Device.DeleteFile(path),
        static (fixture, path) => Put(fixture, path, [1, 2, 3]),
        static (fixture, path) => Put(fixture, path, new byte[340]),
    ];

    private static void Put(LogFixture fixture, string path, byte[] bytes)
    {
        using var file = fixture.Device.Open(path, create: true);
        file.SetLength(0);
        file.Write(0, new ReadOnlySequence<byte>(bytes));
    }
}
