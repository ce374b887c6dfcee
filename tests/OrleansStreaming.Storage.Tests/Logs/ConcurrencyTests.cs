using OrleansStreaming.Records.Errors;
using OrleansStreaming.Records.Ids;
using OrleansStreaming.Storage.Devices;
using OrleansStreaming.Storage.Directories;
using OrleansStreaming.Storage.Logs;
using OrleansStreaming.Storage.Tests.Support;

namespace OrleansStreaming.Storage.Tests.Logs;

public sealed class ConcurrencyTests : IDisposable
{
    private const int Batches = 4000;
    private static readonly TopicPartition _partition = new("busy", 0);
    private readonly string _root = Path.Combine(Path.GetTempPath(), $"ostream-storage-{Guid.NewGuid():N}");

    public void Dispose() => Directory.Delete(_root, recursive: true);

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Readers_beside_a_writer_see_only_what_was_appended(bool truncates)
    {
        var directory = LogDirectory.Open(_root, new BrokerId(1), FileStorageDevice.Instance, TimeProvider.System);
        var log = directory.OpenLog(
            _partition,
            TopicId.None,
            LogOptions.Default with { SegmentBytes = 20_000, IndexIntervalBytes = 500, FileDeleteDelayMs = 0, RetentionMs = -1 });
        var isDone = 0;
        var readers = Enumerable.Range(1, 3).Select(seed => OnItsOwnThread(() => Read(log, new Random(seed), () => Volatile.Read(ref isDone) != 0))).ToArray();
        await OnItsOwnThread(() => Write(log, new Random(99), truncates));
        Volatile.Write(ref isDone, 1);
        var found = await Task.WhenAll(readers);

        Assert.All(found, x => Assert.True(x.Records > 0, $"{x} {log.LogStart} {log.LogEnd}"));
        Assert.True(truncates || found.All(x => x.Failures == 0));
        Assert.Null(log.WriteFault);
        await directory.CloseAsync();
    }

    private static Task<T> OnItsOwnThread<T>(Func<T> run) =>
        Task.Factory.StartNew(run, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);

    private static bool Write(PartitionLog log, Random random, bool truncates)
    {
        for (var i = 0; i < Batches; i++)
        {
            var end = log.LogEnd.Value;
            var values = Enumerable.Range(0, random.Next(1, 4)).Select(x => $"{end + x}:{new string('x', random.Next(200))}").ToArray();
            Assert.Equal(ErrorCode.None, log.AppendAsLeader(Support.Batches.Of(values), new LeaderEpoch(0)).Error);
            switch (random.Next(100))
            {
                case 0:
                    log.AdvanceLogStart(new Offset(random.NextInt64(log.LogStart.Value, log.LogEnd.Value)));
                    break;
                case 1 when truncates:
                    log.TruncateTo(new Offset(random.NextInt64(log.LogStart.Value, log.LogEnd.Value)));
                    break;
                case 2:
                    _ = log.FlushAsync();
                    break;
            }
        }

        return true;
    }

    private static (int Records, int Failures) Read(PartitionLog log, Random random, Func<bool> isDone)
    {
        var records = 0;
        var failures = 0;
        for (var i = 0; i < 5_000_000 && !(isDone() && records > 0); i++)
        {
            var start = log.LogStart;
            var end = log.LogEnd;
            var offset = new Offset(random.NextInt64(start.Value, Math.Max(start.Value, end.Value) + 1));
            if (i % 50 == 0)
            {
                _ = log.FindByTimestamp(ManualTime.StartMs, end);
                _ = log.FindMaxTimestamp();
            }

            var result = log.Read(offset, end, random.Next(1, 20_000), atLeastOneBatch: true);
            Assert.True(result.Error is ErrorCode.None or ErrorCode.OffsetOutOfRange, $"{result.Error}");
            using var source = result.Records;
            try
            {
                foreach (var (found, value) in Support.Batches.Decode(source.ToArray()))
                {
                    Assert.StartsWith($"{found}:", value);
                    records++;
                }
            }
            catch (IOException)
            {
                failures++;
            }
        }

        return (records, failures);
    }
}
