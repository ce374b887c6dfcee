using OrleansStreaming.Allocations;
using OrleansStreaming.Contracts.Replication;
using OrleansStreaming.Records.Batches;
using OrleansStreaming.Records.Errors;
using OrleansStreaming.Records.Ids;
using OrleansStreaming.Replication.Replicas;
using OrleansStreaming.Replication.Tests.Partitions;
using OrleansStreaming.Replication.Tests.Support;
using OrleansStreaming.Storage.Logs;

namespace OrleansStreaming.Replication.Tests.Replicas;

public sealed class LocalReplicaTests
{
    [Fact]
    public async Task A_single_replica_commits_at_once_and_is_read_back()
    {
        using var host = new ReplicaHost().Lead();
        var first = await host.Replica.Append(Batches.Request(RequiredAcks.All, "a", "b"));
        var second = await host.Replica.Append(Batches.Request(RequiredAcks.Leader, "c"));
        Assert.Equal(ErrorCode.None, first.Error);
        Assert.Equal((Offset.Zero, new Offset(2), true), (first.BaseOffset, first.EndOffset, first.IsCommitted));
        Assert.Equal(new Offset(2), second.BaseOffset);
        Assert.Equal(new Offset(3), host.Replica.Status.HighWatermark);
        Assert.Equal(["a", "b", "c"], Read(host, Offset.Zero));
        Assert.Equal(["c"], Read(host, new Offset(2)));
        Assert.Empty(Read(host, new Offset(3)));
        Assert.Equal(ErrorCode.OffsetOutOfRange, host.Replica.Read(new Offset(4), 1000, true, ReadIsolation.ReadUncommitted).Error);
    }

    [Fact]
    public async Task A_batch_in_pieces_is_one_batch()
    {
        using var host = new ReplicaHost().Lead();
        var bytes = Batches.Of("in", "pieces");
        var result = await host.Replica.Append(new AppendRequest { Pieces = [bytes.AsMemory(0, 10), bytes.AsMemory(10, 30), bytes.AsMemory(40)] });
        Assert.Equal(ErrorCode.None, result.Error);
        Assert.Equal(["in", "pieces"], Read(host, Offset.Zero));
    }

    [Fact]
    public async Task Who_does_not_lead_neither_appends_nor_answers_reads()
    {
        using var host = new ReplicaHost();
        Assert.Equal(ErrorCode.NotLeaderOrFollower, (await host.Replica.Append(Batches.Request(RequiredAcks.Leader, "a"))).Error);
        Assert.Equal(ErrorCode.NotLeaderOrFollower, host.Replica.Read(Offset.Zero, 1000, true, ReadIsolation.ReadUncommitted).Error);
        Assert.Equal(ErrorCode.NotLeaderOrFollower, host.Replica.DeleteRecords(Offset.None).Error);
        Assert.Equal(ErrorCode.NotLeaderOrFollower, await host.Replica.AwaitCommitted(Offset.Zero, LeaderEpoch.None, TimeSpan.Zero));
    }

    [Fact]
    public async Task Callers_with_another_epoch_or_topic_id_are_refused()
    {
        using var host = new ReplicaHost().Lead(epoch: 4);
        Assert.Equal(ErrorCode.FencedLeaderEpoch, await Error(new() { Pieces = [Batches.Of("a")], LeaderEpoch = new LeaderEpoch(3) }));
        Assert.Equal(ErrorCode.UnknownLeaderEpoch, await Error(new() { Pieces = [Batches.Of("a")], LeaderEpoch = new LeaderEpoch(5) }));
        Assert.Equal(ErrorCode.InconsistentTopicId, await Error(new() { Pieces = [Batches.Of("a")], TopicId = new TopicId(Guid.NewGuid()) }));
        Assert.Equal(ErrorCode.None, await Error(new() { Pieces = [Batches.Of("a")], TopicId = ReplicaHost.Topic, LeaderEpoch = new LeaderEpoch(4) }));
        Assert.Equal(new Offset(1), host.Replica.Status.LogEnd);

        async Task<ErrorCode> Error(AppendRequest request) => (await host.Replica.Append(request)).Error;
    }

    [Fact]
    public async Task A_refused_batch_changes_nothing()
    {
        using var host = new ReplicaHost().Lead();
        var broken = Batches.Of("a");
        broken[^1] ^= 1;
        var result = await host.Replica.Append(new AppendRequest { Pieces = [broken] });
        Assert.Equal(ErrorCode.CorruptMessage, result.Error);
        Assert.Equal(Offset.Zero, host.Replica.Status.LogEnd);
    }

    [Fact]
    public async Task Too_few_in_sync_replicas_refuse_acks_all_only()
    {
        using var host = new ReplicaHost(new ReplicaOptions { MinInSync = 2 }).Lead(0, [1, 2], [1]);
        Assert.Equal(ErrorCode.NotEnoughReplicas, (await host.Replica.Append(Batches.Request(RequiredAcks.All, "a"))).Error);
        Assert.Equal(ErrorCode.None, (await host.Replica.Append(Batches.Request(RequiredAcks.Leader, "a"))).Error);
        Assert.Empty(Read(host, Offset.Zero));
    }

    [Fact]
    public async Task What_is_there_already_is_not_refused_for_too_few_in_sync_replicas()
    {
        using var host = new ReplicaHost(new ReplicaOptions { MinInSync = 2 }).Lead(0, [1, 2]);
        var first = await host.Replica.Append(Idempotent(sequence: 0));
        host.Replica.Assign(PartitionMachineTests.State(1, 0, 1, [1, 2], [1]));
        var again = await host.Replica.Append(Idempotent(sequence: 0));
        Assert.Equal((ErrorCode.None, first.BaseOffset, first.EndOffset, false), (again.Error, again.BaseOffset, again.EndOffset, again.IsCommitted));
        Assert.Equal(ErrorCode.NotEnoughReplicas, (await host.Replica.Append(Idempotent(sequence: 1))).Error);

        static AppendRequest Idempotent(int sequence)
        {
            using var builder = new BatchBuilder(new BatchOptions { ProducerId = 7, ProducerEpoch = 0, BaseSequence = sequence });
            builder.Append(1_000, null, [1]);
            return new AppendRequest { Pieces = [builder.Build().ToArray()], Acks = RequiredAcks.All };
        }
    }

    [Fact]
    public async Task What_is_not_committed_in_time_is_answered_with_the_reason()
    {
        using var host = new ReplicaHost(new ReplicaOptions { MinInSync = 2 }).Lead(0, [1, 2]);
        var appended = await host.Replica.Append(Batches.Request(RequiredAcks.All, "a"));
        Assert.False(appended.IsCommitted);
        var waiting = host.Replica.AwaitCommitted(appended.EndOffset, appended.LeaderEpoch, TimeSpan.FromSeconds(30));
        host.Clock.Advance(TimeSpan.FromSeconds(30));
        Assert.Equal(ErrorCode.RequestTimedOut, await waiting);

        host.Replica.Assign(PartitionMachineTests.State(1, 0, 1, [1, 2], [1]));
        waiting = host.Replica.AwaitCommitted(appended.EndOffset, appended.LeaderEpoch, TimeSpan.FromSeconds(30));
        host.Clock.Advance(TimeSpan.FromSeconds(30));
        Assert.Equal(ErrorCode.NotEnoughReplicasAfterAppend, await waiting);
    }

    [Fact]
    public async Task A_lost_leadership_fails_who_waits()
    {
        using var host = new ReplicaHost().Lead(0, [1, 2]);
        var appended = await host.Replica.Append(Batches.Request(RequiredAcks.All, "a"));
        var waiting = host.Replica.AwaitCommitted(appended.EndOffset, appended.LeaderEpoch, TimeSpan.FromSeconds(30));
        host.Replica.Assign(PartitionMachineTests.State(2, 1, 1, [1, 2], [1, 2]));
        Assert.Equal(ErrorCode.NotLeaderOrFollower, await waiting);
        host.Lead(epoch: 2, [1]);
        Assert.Equal(ErrorCode.NotLeaderOrFollower, await host.Replica.AwaitCommitted(appended.EndOffset, appended.LeaderEpoch, TimeSpan.Zero));
    }

    [Fact]
    public async Task An_epoch_of_a_former_life_is_not_led_again()
    {
        using var host = new ReplicaHost().Lead(epoch: 3);
        await host.Replica.Append(Batches.Request(RequiredAcks.Leader, "a"));
        var restarted = host.Restart();
        restarted.Assign(PartitionMachineTests.State(1, 3, 3, [1], [1]));
        Assert.False(restarted.Status.IsLeader);
        restarted.Assign(PartitionMachineTests.State(1, 4, 4, [1], [1]));
        Assert.True(restarted.Status.IsLeader);
    }

    [Fact]
    public async Task Records_are_deleted_up_to_the_high_watermark()
    {
        using var host = new ReplicaHost().Lead();
        await host.Replica.Append(Batches.Request(RequiredAcks.Leader, "a", "b", "c"));
        Assert.Equal(ErrorCode.OffsetOutOfRange, host.Replica.DeleteRecords(new Offset(4)).Error);
        Assert.Equal(new Offset(2), host.Replica.DeleteRecords(new Offset(2)).LowWatermark);
        Assert.Equal(new Offset(2), host.Replica.DeleteRecords(new Offset(1)).LowWatermark);
        Assert.Equal(new Offset(3), host.Replica.DeleteRecords(Offset.None).LowWatermark);
        Assert.Equal(new Offset(3), host.Replica.Status.LogStart);
        Assert.Equal(ErrorCode.OffsetOutOfRange, host.Replica.Read(Offset.Zero, 100, true, ReadIsolation.ReadUncommitted).Error);
    }

    [Fact]
    public void Records_of_a_compacted_topic_are_not_deleted()
    {
        using var host = new ReplicaHost(new ReplicaOptions { Log = new LogOptions { CleanupDelete = false, CleanupCompact = true } }).Lead();
        Assert.Equal(ErrorCode.PolicyViolation, host.Replica.DeleteRecords(Offset.None).Error);
    }

    [Fact]
    public async Task Waiters_see_every_move()
    {
        using var host = new ReplicaHost();
        var waiter = new Waiter();
        host.Replica.AddWaiter(waiter);
        host.Lead();
        Assert.Equal(1, waiter.Calls);
        await host.Replica.Append(Batches.Request(RequiredAcks.Leader, "a"));
        Assert.Equal(2, waiter.Calls);
        host.Replica.DeleteRecords(Offset.None);
        Assert.Equal(3, waiter.Calls);
        host.Replica.Close();
        Assert.Equal(4, waiter.Calls);
        host.Replica.RemoveWaiter(waiter);
    }

    [Fact]
    public async Task The_epoch_of_an_offset_is_the_one_it_was_written_under()
    {
        using var host = new ReplicaHost().Lead(epoch: 2);
        await host.Replica.Append(Batches.Request(RequiredAcks.Leader, "a", "b"));
        host.Lead(epoch: 5);
        await host.Replica.Append(Batches.Request(RequiredAcks.Leader, "c"));
        Assert.Equal(new LeaderEpoch(2), host.Replica.EpochAt(new Offset(1)));
        Assert.Equal(new LeaderEpoch(5), host.Replica.EpochAt(new Offset(2)));
        Assert.Equal(new EpochEnd(new LeaderEpoch(2), new Offset(2)), host.Replica.EndOffsetFor(new LeaderEpoch(4)));
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(500, 1)]
    [InlineData(500, 4)]
    public void An_append_allocates_a_small_constant_per_batch_and_nothing_per_record(int records, int pieces)
    {
        const int Rounds = 200;
        const int Budget = 1024;
        using var host = new ReplicaHost().Lead();
        var bytes = Batches.Of([.. Enumerable.Repeat("value", records)]);
        var size = (bytes.Length + pieces - 1) / pieces;
        var request = new AppendRequest
        {
            Pieces = [.. Enumerable.Range(0, pieces).Select(i => (ReadOnlyMemory<byte>)bytes.AsMemory(i * size, Math.Min(size, bytes.Length - (i * size))))],
        };
        var perBatch = Allocated.Least(
            () =>
            {
                for (var i = 0; i < Rounds; i++)
                {
                    Append();
                }
            },
            enough: Budget * Rounds) / Rounds;
        Assert.True(perBatch <= Budget, $"{perBatch} bytes per batch");

        void Append()
        {
            // A producer sends base offset 0; the append before wrote another one in place.
            bytes.AsSpan(0, sizeof(long)).Clear();
            Assert.Equal(ErrorCode.None, host.Replica.Append(request).Result.Error);
        }
    }

    private static List<string> Read(ReplicaHost host, Offset offset)
    {
        var result = host.Replica.Read(offset, 1_000_000, true, ReadIsolation.ReadUncommitted);
        Assert.Equal(ErrorCode.None, result.Error);
        return Batches.Values(result.Records);
    }

    private sealed class Waiter : IProgressWaiter
    {
        public int Calls { get; private set; }

        public void OnProgress() => Calls++;
    }
}
