using OrleansStreaming.Records.Batches;
using OrleansStreaming.Records.Errors;
using OrleansStreaming.Records.Ids;
using OrleansStreaming.Storage.Compaction;
using OrleansStreaming.Storage.Tests.Support;

namespace OrleansStreaming.Storage.Tests.Compaction;

public sealed class CompactedTransactionTests
{
    private static readonly Offset _all = new(long.MaxValue);

    [Fact]
    public async Task Aborted_records_go_and_take_their_marker_along_later()
    {
        using var fixture = new LogFixture(Keyed.Options);
        fixture.Put("a", "kept");
        fixture.Append(Transactional(1, 0, ("a", "aborted"), ("b", "aborted")));
        End(fixture, 1, commit: false);
        fixture.Append(Transactional(2, 0, ("c", "committed")));
        End(fixture, 2, commit: true);
        fixture.Append(Transactional(1, 2, ("d", "committed")));
        End(fixture, 1, commit: true);
        fixture.Roll();
        Assert.Single(fixture.Log.AbortedTransactions(Offset.Zero, _all));

        await fixture.CleanAsync();
        Assert.Equal("kept", fixture.Table()["a"]);
        Assert.Equal(["a", "c", "d"], Keys(fixture));
        Assert.Equal(3, Markers(fixture));
        Assert.Single(fixture.Log.AbortedTransactions(Offset.Zero, _all));

        // Nothing that it decides is left, so the marker gets a horizon, and goes when that has passed.
        fixture.Roll();
        await fixture.CleanAsync();
        Assert.Equal(3, Markers(fixture));
        Assert.Empty(fixture.Log.AbortedTransactions(Offset.Zero, _all));
        fixture.Time.Advance(1000);
        fixture.Roll();
        await fixture.CleanAsync();
        Assert.Equal(2, Markers(fixture));
        Assert.Equal(["a", "c", "d"], Keys(fixture));

        fixture.Kill();
        Assert.Empty(fixture.Log.AbortedTransactions(Offset.Zero, _all));
        Assert.Equal(fixture.Log.LogEnd, fixture.Log.FirstUnstable);
    }

    [Fact]
    public async Task An_undecided_transaction_and_what_follows_it_is_not_touched()
    {
        using var fixture = new LogFixture(Keyed.Options);
        fixture.Put("a", "1");
        fixture.Put("a", "2");
        fixture.Roll();
        var first = fixture.Append(Transactional(1, 0, ("b", "open"))).BaseOffset;
        fixture.Roll();
        fixture.Roll();
        var before = fixture.ReadRecords();
        var stable = fixture.Log.LastStable(fixture.Log.LogEnd);
        Assert.Equal(first, stable);

        var result = await fixture.Log.CompactAsync(stable, Keyed.NewCleaner(), CancellationToken.None);
        Assert.Equal(CompactionOutcome.Cleaned, result.Outcome);
        Assert.True(result.CleanedTo <= first);
        Assert.Equal(before.Where(x => x.Offset >= result.CleanedTo.Value), fixture.ReadRecords().Where(x => x.Offset >= result.CleanedTo.Value));
        fixture.Kill();
        Assert.Equal(first, fixture.Log.FirstUnstable);

        End(fixture, 1, commit: false);
        fixture.Roll();
        await fixture.CleanAsync();
        Assert.DoesNotContain("b", Keys(fixture));
    }

    [Fact]
    public async Task A_producer_is_still_known_when_none_of_its_records_is_left()
    {
        using var fixture = new LogFixture(Keyed.Options);
        fixture.Append(Idempotent(7, 0, ("a", "1"), ("a", "2")));
        var last = fixture.Append(Idempotent(7, 2, ("a", "3"), ("b", "3")));
        fixture.Put("a", "4");
        fixture.Put("b", "4");
        fixture.Roll();
        await fixture.CleanAsync();
        Assert.DoesNotContain(fixture.ReadRecords(), x => x.Value is "1" or "2" or "3");
        var (header, _) = Assert.Single(fixture.ReadBatches(), x => x.Header.ProducerId == 7);
        Assert.Equal((0, 2, 3, 2L), (header.RecordCount, header.BaseSequence, header.LastSequence, header.BaseOffset));

        foreach (var file in fixture.Device.ListFiles(fixture.Folder).Where(x => x.EndsWith(".snapshot")).ToArray())
        {
            fixture.Device.DeleteFile(file);
        }

        fixture.Kill();
        var again = fixture.Append(Idempotent(7, 2, ("a", "3"), ("b", "3")));
        Assert.True(again.IsDuplicate);
        Assert.Equal(last.BaseOffset, again.BaseOffset);
        Assert.Equal(ErrorCode.OutOfOrderSequenceNumber, fixture.Log.AppendAsLeader(Idempotent(7, 9, ("a", "9")), new LeaderEpoch(0)).Error);
        Assert.False(fixture.Append(Idempotent(7, 4, ("a", "5"))).IsDuplicate);
    }

    private static List<string> Keys(LogFixture fixture) =>
        [.. fixture.ReadBatches().Where(x => !x.Header.IsControl).SelectMany(x => x.Records).Select(x => x.Key).Where(x => x.Length == 1)];

    private static int Markers(LogFixture fixture) => fixture.ReadBatches().Count(x => x.Header.IsControl && x.Header.RecordCount > 0);

    private static void End(LogFixture fixture, long producer, bool commit) =>
        Assert.Equal(ErrorCode.None, fixture.Log.AppendAsLeader(Batches.Marker(producer, commit), new LeaderEpoch(0), BatchOrigin.Coordinator).Error);

    private static System.Buffers.ReadOnlySequence<byte> Transactional(long producer, int sequence, params (string, string?)[] records) => Keyed.Of(
        new BatchOptions { ProducerId = producer, ProducerEpoch = 0, BaseSequence = sequence, IsTransactional = true }, ManualTime.StartMs, records);

    private static System.Buffers.ReadOnlySequence<byte> Idempotent(long producer, int sequence, params (string, string?)[] records) => Keyed.Of(
        new BatchOptions { ProducerId = producer, ProducerEpoch = 0, BaseSequence = sequence }, ManualTime.StartMs, records);
}
