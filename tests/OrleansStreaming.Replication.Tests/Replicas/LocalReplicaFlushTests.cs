using OrleansStreaming.Contracts.Replication;
using OrleansStreaming.Records.Errors;
using OrleansStreaming.Records.Ids;
using OrleansStreaming.Replication.Replicas;
using OrleansStreaming.Replication.Tests.Support;
using OrleansStreaming.Storage.Logs;

namespace OrleansStreaming.Replication.Tests.Replicas;

public sealed class LocalReplicaFlushTests
{
    private static readonly ReplicaOptions _everyMessage = new() { Log = new LogOptions { FlushMessages = 1 } };

    [Fact]
    public async Task Nothing_counts_as_committed_before_the_sync_that_the_topic_asks_for()
    {
        using var host = new ReplicaHost(_everyMessage).Lead();
        host.Device.Hold();
        var first = await host.Replica.Append(Batches.Request(RequiredAcks.All, "a"));
        var second = await host.Replica.Append(Batches.Request(RequiredAcks.All, "b"));
        Assert.False(first.IsCommitted);
        Assert.Equal(Offset.Zero, host.Replica.Status.HighWatermark);
        Assert.Equal(new Offset(2), host.Replica.Status.LogEnd);

        var committed = host.Replica.AwaitCommitted(second.EndOffset, second.LeaderEpoch, TimeSpan.FromSeconds(30));
        Assert.False(committed.IsCompleted);
        host.Device.Release();
        Assert.Equal(ErrorCode.None, await committed);
        Assert.Equal(new Offset(2), host.Replica.Status.HighWatermark);
    }

    [Fact]
    public async Task A_producer_with_one_ack_is_answered_after_the_sync()
    {
        using var host = new ReplicaHost(_everyMessage).Lead();
        host.Device.Hold();
        var answer = host.Replica.Append(Batches.Request(RequiredAcks.Leader, "a"));
        Assert.False(answer.IsCompleted);
        host.Device.Release();
        Assert.Equal(ErrorCode.None, (await answer).Error);
    }

    [Fact]
    public async Task A_failed_sync_fails_who_waits_and_stops_the_log()
    {
        using var host = new ReplicaHost(_everyMessage).Lead();
        await host.Replica.Append(Batches.Request(RequiredAcks.Leader, "synced"));
        host.Device.Hold();
        host.Device.IsFailing = true;
        var one = host.Replica.Append(Batches.Request(RequiredAcks.Leader, "a"));
        var all = await host.Replica.Append(Batches.Request(RequiredAcks.All, "b"));
        var committed = host.Replica.AwaitCommitted(all.EndOffset, all.LeaderEpoch, TimeSpan.FromSeconds(30));
        host.Device.Release();
        Assert.Equal(ErrorCode.KafkaStorageError, (await one).Error);
        Assert.Equal(ErrorCode.KafkaStorageError, await committed);
        Assert.False(host.Replica.Status.IsWritable);
        Assert.Equal(new Offset(1), host.Replica.Status.HighWatermark);
        Assert.Equal(ErrorCode.KafkaStorageError, (await host.Replica.Append(Batches.Request(RequiredAcks.Leader, "c"))).Error);
    }

    [Fact]
    public async Task What_is_appended_is_synced_within_flush_ms_though_nothing_follows()
    {
        using var host = new ReplicaHost(new ReplicaOptions { Log = new LogOptions { FlushMs = 500 } }).Lead();
        var appended = await host.Replica.Append(Batches.Request(RequiredAcks.All, "a"));
        Assert.True(appended.IsCommitted);
        var before = host.Device.Syncs;
        host.Clock.Advance(TimeSpan.FromMilliseconds(500));

        // The sync runs elsewhere; one more joins it or finds it done.
        Assert.Equal(ErrorCode.None, await host.Replica.FlushAsync());
        Assert.True(host.Device.Syncs > before);
    }

    [Fact]
    public async Task Without_a_wish_for_syncs_there_is_none()
    {
        using var host = new ReplicaHost().Lead();
        var before = host.Device.Syncs;
        await host.Replica.Append(Batches.Request(RequiredAcks.All, "a"));
        host.Clock.Advance(TimeSpan.FromDays(1));
        Assert.Equal(before, host.Device.Syncs);
    }

    [Fact]
    public async Task Retention_moves_the_start_and_tells_waiters()
    {
        using var host = new ReplicaHost(new ReplicaOptions { Log = new LogOptions { RetentionMs = 1000, TimestampBeforeMaxMs = long.MaxValue } }).Lead();
        await host.Replica.Append(Batches.Request(RequiredAcks.Leader, "a", "b"));
        Assert.True(host.Replica.ApplyRetention() > 0);
        Assert.Equal(new Offset(2), host.Replica.Status.LogStart);
        Assert.Equal(0, host.Replica.ApplyRetention());
    }
}
