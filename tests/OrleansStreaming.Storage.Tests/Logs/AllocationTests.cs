using System.Buffers;
using OrleansStreaming.Allocations;
using OrleansStreaming.Records.Errors;
using OrleansStreaming.Records.Ids;
using OrleansStreaming.Storage.Devices;
using OrleansStreaming.Storage.Directories;
using OrleansStreaming.Storage.Logs;
using OrleansStreaming.Storage.Tests.Support;

namespace OrleansStreaming.Storage.Tests.Logs;

public sealed class AllocationTests : IDisposable
{
    private const int Rounds = 500;
    private readonly string _root = Path.Combine(Path.GetTempPath(), $"ostream-storage-{Guid.NewGuid():N}");

    public void Dispose() => Directory.Delete(_root, recursive: true);

    [Theory]
    [InlineData(1)]
    [InlineData(1000)]
    public void An_append_allocates_little_and_the_same_for_any_number_of_records(int records)
    {
        using var directory = LogDirectory.Open(_root, new BrokerId(1), FileStorageDevice.Instance, TimeProvider.System);
        var log = directory.OpenLog(new TopicPartition("t", records), TopicId.None, LogOptions.Default);
        var original = Batches.Of([.. Enumerable.Range(0, records).Select(x => $"value {x}")]).ToArray();
        var batch = original.ToArray();
        var sequence = new ReadOnlySequence<byte>(batch);
        AssertAllocatesAtMost(200, () =>
        {
            // Stamped by the append before; a producer's batch begins at offset 0.
            original.CopyTo(batch, 0);
            Assert.True(log.AppendAsLeader(sequence, new LeaderEpoch(0)).Error == ErrorCode.None);
        });
    }

    [Fact]
    public void A_read_allocates_little()
    {
        using var directory = LogDirectory.Open(_root, new BrokerId(1), FileStorageDevice.Instance, TimeProvider.System);
        var log = directory.OpenLog(new TopicPartition("t", 0), TopicId.None, LogOptions.Default);
        for (var i = 0; i < 100; i++)
        {
            log.AppendAsLeader(Batches.Sized(1000), new LeaderEpoch(0));
        }

        var buffer = new byte[10_000];
        AssertAllocatesAtMost(300, () =>
        {
            using var records = log.Read(new Offset(50), new Offset(90), buffer.Length, atLeastOneBatch: true).Records;
            records.CopyTo(0, buffer);
        });
    }

    private static void AssertAllocatesAtMost(long budget, Action action)
    {
        var bytes = Allocated.Least(
            () =>
            {
                for (var i = 0; i < Rounds; i++)
                {
                    action();
                }
            },
            enough: budget * Rounds) / Rounds;
        Assert.InRange(bytes, 0, budget);
    }
}
