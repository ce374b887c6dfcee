using System.Buffers;
using System.Text;
using OrleansStreaming.Records.Batches;
using OrleansStreaming.Records.Errors;
using OrleansStreaming.Records.Ids;
using OrleansStreaming.Replication.Compaction;
using OrleansStreaming.Storage.Compaction;
using OrleansStreaming.Storage.Devices;
using OrleansStreaming.Storage.Directories;
using OrleansStreaming.Storage.Logs;

namespace OrleansStreaming.Replication.Tests.Compaction;

public sealed class DirtyLogsTests : IDisposable
{
    private static readonly LogOptions _options = LogOptions.Default with { CleanupCompact = true, SegmentBytes = 1000, MinCleanableDirtyRatio = 0.1 };
    private static readonly Cleaner _cleaner = new(CleanerOptions.Default, IoPace.Unlimited, new Random(1));

    private readonly string _root = System.IO.Directory.CreateTempSubdirectory("ostream-dirty-").FullName;
    private readonly LogDirectory _directory;
    private readonly DirtyLogs _logs = new();

    public DirtyLogsTests() =>
        _directory = LogDirectory.Open(Path.Combine(_root, "data"), new BrokerId(1), FileStorageDevice.Instance, TimeProvider.System);

    public void Dispose()
    {
        _directory.Dispose();
        System.IO.Directory.Delete(_root, recursive: true);
    }

    [Fact]
    public async Task The_dirtiest_comes_first_and_none_twice()
    {
        var half = await NewLogAsync("half", segments: 3);
        _logs.Return(half, await half.CompactAsync(half.LogEnd, _cleaner, CancellationToken.None));
        Fill(half, 3);
        var dirty = await NewLogAsync("dirty", segments: 3);
        var deleted = await NewLogAsync("deleted", segments: 5);
        deleted.Configure(_options with { CleanupCompact = false });

        Assert.Equal(dirty, Take(half, dirty, deleted));
        Assert.Equal(1, _logs.MaxRatio);
        Assert.Equal(half, Take(half, dirty, deleted));
        Assert.Null(Take(half, dirty, deleted));
        Assert.InRange(_logs.MaxRatio, 0, 0);

        _logs.Return(dirty, await dirty.CompactAsync(dirty.LogEnd, _cleaner, CancellationToken.None));
        Assert.Null(Take(half, dirty, deleted));
    }

    [Fact]
    public async Task One_that_fails_waits_for_the_next_round_and_one_that_is_damaged_for_its_repair()
    {
        var log = await NewLogAsync("log", segments: 3);
        Assert.Equal(log, Take(log));
        _logs.Return(log, Result(CompactionOutcome.Failed));
        Assert.Null(Take(log));
        _logs.BeginRound();
        Assert.Equal(log, Take(log));
        _logs.Return(log, null);

        var path = System.IO.Directory.GetFiles(_root, "*.log", SearchOption.AllDirectories).Order(StringComparer.Ordinal).First();
        using (var file = File.OpenHandle(path, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete))
        {
            var bytes = new byte[1];
            RandomAccess.Read(file, bytes, 100);
            RandomAccess.Write(file, [(byte)(bytes[0] ^ 4)], 100);
        }

        Assert.Equal(log, Take(log));
        var result = await log.CompactAsync(log.LogEnd, _cleaner, CancellationToken.None);
        Assert.Equal(CompactionOutcome.Damaged, result.Outcome);
        Assert.NotNull(log.Corruption);
        _logs.Return(log, result);
        _logs.BeginRound();
        Assert.Null(Take(log));
        Assert.Equal((log.Partition, result.Message!), Assert.Single(_logs.Uncleanable));

        log.DropCorrupted();
        Fill(log, 3);
        await log.FlushAsync();
        Assert.Equal(log, Take(log));
        Assert.Empty(_logs.Uncleanable);
    }

    private static CompactionResult Result(CompactionOutcome outcome) => new(outcome, "because", Offset.Zero, 0, 0, 0, 0);

    private PartitionLog? Take(params PartitionLog[] open) => _logs.Take([.. open.Select(x => (x, x.LogEnd))])?.Log;

    private async Task<PartitionLog> NewLogAsync(string topic, int segments)
    {
        var log = _directory.OpenLog(new TopicPartition(topic, 0), TopicId.None, _options);
        Fill(log, segments);
        await log.FlushAsync();
        return log;
    }

    private static void Fill(PartitionLog log, int segments)
    {
        for (var i = 0; i < segments * 10; i++)
        {
            using var builder = new BatchBuilder();
            builder.Append(1_700_000_000_000, Encoding.UTF8.GetBytes($"k{i}"), new byte[20]);
            Assert.Equal(ErrorCode.None, log.AppendAsLeader(new ReadOnlySequence<byte>(builder.Build().ToArray()), new LeaderEpoch(0)).Error);
        }
    }
}
