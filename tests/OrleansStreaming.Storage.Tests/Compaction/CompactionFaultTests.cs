using OrleansStreaming.Records.Batches;
using OrleansStreaming.Records.Ids;
using OrleansStreaming.Storage.Compaction;
using OrleansStreaming.Storage.Tests.Support;

namespace OrleansStreaming.Storage.Tests.Compaction;

public sealed class CompactionFaultTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_stop_after_any_step_leaves_the_old_segments_or_the_new_one(bool isPowerCut)
    {
        var steps = 0;
        for (var isDone = false; !isDone; steps++)
        {
            using var fixture = await NewDirtyLogAsync(seed: steps);
            var before = fixture.ReadRecords();
            var aborted = fixture.Log.AbortedTransactions(Offset.Zero, fixture.Log.LogEnd);
            fixture.Device.StepsLeft = steps;
            var result = await fixture.CompactAsync();
            isDone = result.Outcome == CompactionOutcome.Cleaned && fixture.Device.StepsLeft > 0;
            Assert.True(isDone || result.Outcome is CompactionOutcome.Failed or CompactionOutcome.Cleaned || fixture.Device.StepsLeft == 0, $"{steps}");
            CheckReadable(fixture, before, aborted, $"before restart, step {steps}");

            if (isPowerCut)
            {
                fixture.Crash();
            }
            else
            {
                fixture.Device.StepsLeft = int.MaxValue;
                fixture.Kill();
            }

            CheckReadable(fixture, before, aborted, $"step {steps}");
            Assert.DoesNotContain(fixture.Files, x => x.Contains(".cleaned") || x.Contains(".swap") || x.Contains(".deleted"));
            fixture.Roll();
            await fixture.CleanAsync();
            Assert.Equal(5, fixture.ReadRecords().Count(x => x.Key.StartsWith('k')));
            Assert.True(fixture.Append(Keyed.Of(Producer(2), ManualTime.StartMs, ("k2", "3"))).IsDuplicate, $"step {steps}");
        }

        Assert.True(steps > 50, $"{steps} steps");
    }

    [Fact]
    public async Task A_stop_while_the_start_finishes_a_swap_is_finished_by_the_next()
    {
        for (var steps = 0; steps < 60; steps++)
        {
            using var fixture = await NewDirtyLogAsync(steps);
            var before = fixture.ReadRecords();
            var aborted = fixture.Log.AbortedTransactions(Offset.Zero, fixture.Log.LogEnd);
            var (index, left) = Math.DivRem(steps, 10);
            for (var tried = 0; !fixture.Files.Any(x => x.EndsWith(".log.swap")) && tried < 200; tried++)
            {
                fixture.Device.StepsLeft = 12 + (4 * index) + tried;
                await fixture.CompactAsync();
                fixture.Device.StepsLeft = int.MaxValue;
            }

            fixture.Directory.Dispose();
            fixture.Device.StepsLeft = left;
            _ = Record.Exception(() => fixture.Open());
            fixture.Crash();
            CheckReadable(fixture, before, aborted, $"{steps}");
        }
    }

    [Fact]
    public async Task A_full_disk_ends_the_compaction_and_nothing_else()
    {
        using var fixture = await NewDirtyLogAsync(seed: 1);
        var before = fixture.ReadRecords();
        for (var free = 0; free < 400; free += 37)
        {
            fixture.Device.FreeBytes = free;
            var result = await fixture.CompactAsync();
            Assert.Equal(CompactionOutcome.Failed, result.Outcome);
            Assert.Contains("No space left", result.Message);
            Assert.Equal(Keyed.Table(before), fixture.Table());
            Assert.DoesNotContain(fixture.Files, x => x.Contains(".cleaned") || x.Contains(".swap"));
            Assert.Null(fixture.Log.WriteFault);
        }

        fixture.Device.FreeBytes = 1 << 20;
        fixture.Put("k9", "9");
        await fixture.CleanAsync();
        Assert.Equal(Keyed.Table(before).Append(new("k9", "9")).OrderBy(x => x.Key, StringComparer.Ordinal), fixture.Table());
    }

    [Fact]
    public async Task A_flipped_bit_ends_the_compaction_before_anything_is_replaced()
    {
        for (var position = 0; position < 300; position += position < 100 ? 1 : 13)
        {
            using var fixture = await NewDirtyLogAsync(seed: 1);
            var names = fixture.Files.Where(x => x.EndsWith(".log")).ToArray();
            var bytes = names.Select(x => fixture.Device.ReadAllBytes(Path.Combine(fixture.Folder, x))).ToArray();

            // Also in base offset and leader epoch, which no CRC covers: they break the order and the epoch history.
            fixture.Device.FlipBit(Path.Combine(fixture.Folder, names[1]), position, position % 8);
            var result = await fixture.CompactAsync();
            Assert.True(result.Outcome == CompactionOutcome.Damaged, $"{position}: {result.Outcome}");
            Assert.Contains(names[1], result.Message);
            Assert.Equal(bytes[0], fixture.Device.ReadAllBytes(Path.Combine(fixture.Folder, names[0])));
            Assert.Equal(names, fixture.Files.Where(x => x.EndsWith(".log")));
            Assert.DoesNotContain(fixture.Files, x => x.Contains(".cleaned") || x.Contains(".swap"));
            Assert.Equal(Offset.Zero, fixture.Log.CleanedTo);
        }
    }

    [Fact]
    public async Task A_power_cut_does_not_take_the_old_record_when_the_new_one_was_not_synced()
    {
        for (var seed = 0; seed < 100; seed++)
        {
            using var fixture = new LogFixture(Keyed.Options, seed);
            fixture.Put("k", "1");
            fixture.Roll();
            await fixture.Log.FlushAsync();
            fixture.Put("k", "2");
            fixture.Background.Holds = true;
            fixture.Roll();
            var running = fixture.CompactAsync();
            fixture.Background.Holds = false;
            fixture.Background.RunHeld();
            await running;
            fixture.Crash();
            Assert.True(fixture.Table().ContainsKey("k"), $"seed {seed}");
        }
    }

    /// <summary>Five keys in nine segments, an aborted transaction and a producer whose only record is outdated.</summary>
    private static async Task<LogFixture> NewDirtyLogAsync(int seed)
    {
        var fixture = new LogFixture(Keyed.Options, seed);
        fixture.Append(Keyed.Of(Producer(2), ManualTime.StartMs, ("k2", "3")));
        fixture.Append(Keyed.Of(
            new BatchOptions { ProducerId = 1, ProducerEpoch = 0, BaseSequence = 0, IsTransactional = true }, ManualTime.StartMs, ("k1", "aborted")));
        fixture.Log.AppendAsLeader(Batches.Marker(1, commit: false), new LeaderEpoch(0), BatchOrigin.Coordinator);
        for (var i = 0; i < 30; i++)
        {
            fixture.Put($"k{i % 5}", $"{i}");
        }

        fixture.Roll();
        await fixture.Log.FlushAsync();
        fixture.Directory.WriteCheckpoints();
        return fixture;
    }

    private static BatchOptions Producer(long id) => new() { ProducerId = id, ProducerEpoch = 0, BaseSequence = 0 };

    private static void CheckReadable(
        LogFixture fixture, List<KeyedRecord> before, IReadOnlyList<Storage.Logs.LogAbortedTransaction> aborted, string where)
    {
        var now = fixture.ReadRecords();
        Assert.True(Keyed.Table(Stable(before, aborted)).SequenceEqual(Keyed.Table(Stable(now, fixture.Log.AbortedTransactions(Offset.Zero, fixture.Log.LogEnd)))), where);
        Assert.True(now.All(before.Contains), where);
        Assert.True(now.SequenceEqual(now.OrderBy(x => x.Offset)), where);
        Assert.Equal(before[^1].Offset + 1, fixture.Log.LogEnd.Value);
        Assert.True(fixture.Log.LogStart == Offset.Zero, where);
    }

    /// <summary>What a read_committed reader sees; the only transaction here has one record.</summary>
    private static IEnumerable<KeyedRecord> Stable(List<KeyedRecord> records, IReadOnlyList<Storage.Logs.LogAbortedTransaction> aborted) =>
        records.Where(x => x.Key.Length > 1 && x.Key[0] != '\0' && !aborted.Any(y => y.First.Value == x.Offset));
}
