using System.Globalization;
using OrleansStreaming.Records.Errors;
using OrleansStreaming.Records.Ids;
using OrleansStreaming.Storage.Compaction;
using OrleansStreaming.Storage.Directories;
using OrleansStreaming.Storage.Logs;
using OrleansStreaming.Storage.Tests.Simulation;
using OrleansStreaming.Storage.Tests.Support;

namespace OrleansStreaming.Storage.Tests.Compaction;

public sealed class ConcurrentCompactionTests
{
    private const int Keys = 100;
    private const int Records = 20_000;

    [Fact]
    public async Task A_log_shrinks_to_its_keys_while_it_is_written_and_read()
    {
        using var directory = LogDirectory.Open("/data", new BrokerId(1), new SimulatedStorageDevice(1), TimeProvider.System);
        using var log = directory.OpenLog(
            new TopicPartition("table", 0), TopicId.None, Keyed.Options with { SegmentBytes = 20_000, FileDeleteDelayMs = 0 });
        using var isWritten = new CancellationTokenSource();
        var reading = Enumerable.Range(0, 2).Select(_ => Task.Run(() => Follow(log))).ToArray();
        var compacting = Task.Run(async () =>
        {
            var runs = 0;
            while (!isWritten.IsCancellationRequested || runs == 0)
            {
                var result = await log.CompactAsync(log.LogEnd, Keyed.NewCleaner(), CancellationToken.None);
                Assert.True(result.Outcome is CompactionOutcome.Cleaned or CompactionOutcome.NothingToDo, result.Message);
                runs += result.Outcome == CompactionOutcome.Cleaned ? 1 : 0;
                await Task.Yield();
            }
        });
        for (var i = 0; i < Records; i += 10)
        {
            var batch = Keyed.Of([.. Enumerable.Range(i, 10).Select(x => ($"k{x * 7 % Keys}", (string?)x.ToString(CultureInfo.InvariantCulture)))]);
            Assert.Equal(ErrorCode.None, log.AppendAsLeader(batch, new LeaderEpoch(0)).Error);
        }

        await Task.WhenAll(reading);
        await isWritten.CancelAsync();
        await compacting;
        await log.CompactAsync(log.LogEnd, Keyed.NewCleaner(), CancellationToken.None);
        var left = Follow(log);
        Assert.InRange(left.Count, Keys, Keys + 1000);
        var expected = Enumerable.Range(Records - Keys, Keys).ToDictionary(x => $"k{x * 7 % Keys}", x => $"{x}").OrderBy(x => x.Key, StringComparer.Ordinal).ToArray();
        Assert.Equal(expected, Keyed.Table(left));
        foreach (var reader in reading)
        {
            Assert.Equal(expected, Keyed.Table(await reader));
        }
    }

    /// <summary>Reads to the end of everything that will be written; offsets rise, also across compactions.</summary>
    private static List<KeyedRecord> Follow(PartitionLog log)
    {
        var seen = new List<KeyedRecord>();
        for (var offset = 0L; offset < Records;)
        {
            var result = log.Read(new Offset(offset), log.LogEnd, 5000, atLeastOneBatch: true);
            Assert.Equal(ErrorCode.None, result.Error);
            using var records = result.Records;
            foreach (var (header, batch) in Keyed.Decode(records.ToArray()))
            {
                Assert.True(header.LastOffset >= offset);
                seen.AddRange(batch.Where(x => x.Offset >= offset));
                offset = header.NextOffset;
            }

            Thread.Yield();
        }

        Assert.Equal(seen.OrderBy(x => x.Offset), seen);
        return seen;
    }
}
