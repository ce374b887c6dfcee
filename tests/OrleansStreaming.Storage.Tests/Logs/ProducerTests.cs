using System.Buffers;
using OrleansStreaming.Records.Batches;
using OrleansStreaming.Records.Errors;
using OrleansStreaming.Records.Ids;
using OrleansStreaming.Storage.Logs;
using OrleansStreaming.Storage.Tests.Support;

namespace OrleansStreaming.Storage.Tests.Logs;

public sealed class ProducerTests
{
    [Fact]
    public void A_retry_of_one_of_the_last_five_batches_gets_its_first_offset()
    {
        using var fixture = new LogFixture();
        for (var i = 0; i < 6; i++)
        {
            fixture.Append(Batches.From(9, i * 2, count: 2));
        }

        for (var i = 1; i < 6; i++)
        {
            var retry = fixture.Append(Batches.From(9, i * 2, count: 2));
            Assert.True(retry.IsDuplicate);
            Assert.Equal((i * 2, (i * 2) + 2), (retry.BaseOffset.Value, retry.EndOffset.Value));
        }

        Assert.Equal(ErrorCode.OutOfOrderSequenceNumber, Error(fixture, Batches.From(9, 0, count: 2)));
        Assert.Equal(12, fixture.Log.LogEnd.Value);
    }

    [Fact]
    public void The_producers_are_told_as_they_are_after_their_last_batch()
    {
        using var fixture = new LogFixture();
        Assert.Empty(fixture.Log.Producers());
        fixture.Append(Batches.From(9, 0, count: 3));
        fixture.Append(Batches.From(9, 0, epoch: 2));
        fixture.Append(Batches.From(8, 5));

        var told = fixture.Log.Producers().OrderBy(producer => producer.Id).ToArray();

        Assert.Equal([(8L, 0, 5), (9L, 2, 0)], told.Select(producer => (producer.Id.Value, (int)producer.Epoch, producer.LastSequence)));
        Assert.All(told, producer => Assert.Equal((-1, Offset.None), (producer.CoordinatorEpoch, producer.TransactionFirst)));
        Assert.All(told, producer => Assert.True(producer.LastTimestamp > 0));
    }

    [Fact]
    public void Sequences_must_follow_on()
    {
        using var fixture = new LogFixture();
        fixture.Append(Batches.From(9, 0, count: 3));
        Assert.Equal(ErrorCode.OutOfOrderSequenceNumber, Error(fixture, Batches.From(9, 4)));
        Assert.Equal(ErrorCode.OutOfOrderSequenceNumber, Error(fixture, Batches.From(9, 2)));
        fixture.Append(Batches.From(9, 3));
    }

    [Fact]
    public void An_unknown_producer_may_begin_anywhere_and_a_new_epoch_only_at_zero()
    {
        using var fixture = new LogFixture();
        fixture.Append(Batches.From(9, 100));
        Assert.Equal(ErrorCode.OutOfOrderSequenceNumber, Error(fixture, Batches.From(9, 5, epoch: 1)));
        fixture.Append(Batches.From(9, 0, epoch: 1));
        Assert.Equal(ErrorCode.InvalidProducerEpoch, Error(fixture, Batches.From(9, 101, epoch: 0)));
    }

    [Fact]
    public void Sequences_wrap_to_zero()
    {
        using var fixture = new LogFixture();
        fixture.Append(Batches.Of(new BatchOptions { ProducerId = 9, ProducerEpoch = 0, BaseSequence = int.MaxValue - 1 }, ManualTime.StartMs, "a", "b", "c"));
        fixture.Append(Batches.From(9, 1, count: 2));
        var retry = fixture.Append(Batches.Of(new BatchOptions { ProducerId = 9, ProducerEpoch = 0, BaseSequence = int.MaxValue - 1 }, ManualTime.StartMs, "a", "b", "c"));
        Assert.Equal((true, 0), (retry.IsDuplicate, retry.BaseOffset.Value));

        fixture.Append(Batches.From(9, 3));
        Assert.Equal(6, fixture.Log.LogEnd.Value);
    }

    [Fact]
    public void A_sequence_that_ends_at_the_largest_number_is_followed_by_zero()
    {
        using var fixture = new LogFixture();
        fixture.Append(Batches.Of(new BatchOptions { ProducerId = 9, ProducerEpoch = 0, BaseSequence = int.MaxValue }, ManualTime.StartMs, "a"));
        fixture.Append(Batches.From(9, 0));
    }

    [Fact]
    public async Task State_survives_a_clean_restart_by_its_snapshot()
    {
        using var fixture = new LogFixture();
        fixture.Append(Batches.From(9, 0, count: 2));
        fixture.Append(Batches.From(9, 2, count: 2));
        await fixture.ReopenAsync();

        Assert.Contains("00000000000000000004.snapshot", fixture.Files);
        Assert.True(fixture.Append(Batches.From(9, 2, count: 2)).IsDuplicate);
        Assert.Equal(ErrorCode.OutOfOrderSequenceNumber, Error(fixture, Batches.From(9, 7)));
        fixture.Append(Batches.From(9, 4));
    }

    [Fact]
    public void State_survives_a_kill_by_the_batches()
    {
        using var fixture = new LogFixture(LogOptions.Default with { SegmentBytes = 400 });
        for (var i = 0; i < 10; i++)
        {
            fixture.Append(Batches.From(9, i));
        }

        fixture.Kill();
        for (var i = 5; i < 10; i++)
        {
            Assert.True(fixture.Append(Batches.From(9, i)).IsDuplicate || i < 8, $"sequence {i}");
        }

        fixture.Append(Batches.From(9, 10));
    }

    [Fact]
    public void Silent_producers_are_forgotten_and_open_transactions_are_not()
    {
        using var fixture = new LogFixture(LogOptions.Default with { ProducerIdExpirationMs = 1000, RetentionMs = -1 });
        fixture.Append(Batches.From(1, 5));
        fixture.Append(Batches.From(2, 5, transactional: true));
        fixture.Time.Advance(2000);
        fixture.Log.ApplyRetention(fixture.Log.LogEnd);

        fixture.Append(Batches.From(1, 77));
        Assert.Equal(ErrorCode.OutOfOrderSequenceNumber, Error(fixture, Batches.From(2, 77, transactional: true)));
    }

    [Fact]
    public void Truncation_takes_producer_state_back()
    {
        using var fixture = new LogFixture();
        fixture.Append(Batches.From(9, 0));
        fixture.Append(Batches.From(9, 1));
        fixture.Append(Batches.From(9, 2));
        fixture.Log.TruncateTo(new Offset(1));

        Assert.Equal(ErrorCode.OutOfOrderSequenceNumber, Error(fixture, Batches.From(9, 2)));
        Assert.Equal(1, fixture.Append(Batches.From(9, 1)).BaseOffset.Value);
    }

    [Fact]
    public async Task Transactions_hide_what_they_may_still_take_back()
    {
        using var fixture = new LogFixture();
        fixture.Append(0, "plain");
        fixture.Append(Batches.From(1, 0, transactional: true));
        fixture.Append(Batches.From(2, 0, transactional: true));
        Assert.Equal(1, fixture.Log.FirstUnstable.Value);
        Assert.Equal(ErrorCode.InvalidTxnState, Error(fixture, Batches.From(1, 1)));

        End(fixture, 1, commit: false);
        Assert.Equal(2, fixture.Log.FirstUnstable.Value);
        await fixture.ReopenAsync();
        Assert.Equal(2, fixture.Log.FirstUnstable.Value);

        End(fixture, 2, commit: true);
        Assert.Equal(fixture.Log.LogEnd, fixture.Log.FirstUnstable);
        fixture.Append(Batches.From(1, 1, transactional: true));
        End(fixture, 1, commit: false);

        Assert.Equal(
            [new LogAbortedTransaction(new ProducerId(1), new Offset(1), new Offset(3)), new LogAbortedTransaction(new ProducerId(1), new Offset(5), new Offset(6))],
            fixture.Log.AbortedTransactions(Offset.Zero, fixture.Log.LogEnd));
        Assert.Single(fixture.Log.AbortedTransactions(Offset.Zero, new Offset(2)));
        Assert.Empty(fixture.Log.AbortedTransactions(new Offset(4), new Offset(5)));

        fixture.Kill();
        Assert.Equal(2, fixture.Log.AbortedTransactions(Offset.Zero, fixture.Log.LogEnd).Count);
    }

    [Fact]
    public void The_last_stable_offset_waits_for_markers_to_be_committed()
    {
        using var fixture = new LogFixture();
        fixture.Append(0, "plain");
        Assert.Equal(1, fixture.Log.LastStable(new Offset(1)).Value);
        fixture.Append(Batches.From(1, 0, transactional: true));
        End(fixture, 1, commit: true);
        fixture.Append(0, "more");

        Assert.Equal(1, fixture.Log.LastStable(new Offset(2)).Value);
        Assert.Equal(3, fixture.Log.LastStable(new Offset(3)).Value);
        Assert.Equal(4, fixture.Log.LastStable(new Offset(9)).Value);
    }

    [Fact]
    public void A_zombie_coordinator_is_fenced()
    {
        using var fixture = new LogFixture();
        fixture.Append(Batches.From(1, 0, transactional: true));
        Assert.Equal(ErrorCode.None, EndWith(5).Error);
        fixture.Append(Batches.From(1, 1, transactional: true));
        Assert.Equal(ErrorCode.TransactionCoordinatorFenced, EndWith(4).Error);

        LogAppendResult EndWith(int coordinatorEpoch) => fixture.Log.AppendAsLeader(
            Batches.Marker(1, commit: true, coordinatorEpoch: coordinatorEpoch), new LeaderEpoch(0), BatchOrigin.Coordinator);
    }

    private static void End(LogFixture fixture, long producer, bool commit) => Assert.Equal(
        ErrorCode.None,
        fixture.Log.AppendAsLeader(Batches.Marker(producer, commit), new LeaderEpoch(0), BatchOrigin.Coordinator).Error);

    private static ErrorCode Error(LogFixture fixture, ReadOnlySequence<byte> batch) =>
        fixture.Log.AppendAsLeader(batch, new LeaderEpoch(0)).Error;
}
