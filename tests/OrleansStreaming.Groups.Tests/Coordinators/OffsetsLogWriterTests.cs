using System.Buffers;
using Microsoft.Extensions.Logging.Abstractions;
using OrleansStreaming.Contracts.Groups;
using OrleansStreaming.Contracts.Replication;
using OrleansStreaming.Groups.Coordinators;
using OrleansStreaming.Groups.Tests.Support;
using OrleansStreaming.Records.Batches;
using OrleansStreaming.Records.Errors;
using OrleansStreaming.Records.Ids;

namespace OrleansStreaming.Groups.Tests.Coordinators;

public sealed class OffsetsLogWriterTests
{
    private static readonly LeaderEpoch _epoch = new(3);

    private readonly StoredGroups _groups = new();
    private readonly HeldReplica _replica = new();

    [Fact]
    public async Task What_arrives_during_an_append_goes_into_the_next_batch()
    {
        var writer = New();
        var first = writer.WriteAsync(Commit("a", 1));
        Task<ErrorCode>[] others = [writer.WriteAsync(Commit("b", 1)), writer.WriteAsync(Commit("c", 1)), writer.WriteAsync(Commit("d", 1))];
        Assert.Equal([1], _replica.BatchSizes);

        _replica.Answer(new AppendResult { IsCommitted = true });
        Assert.Equal(ErrorCode.None, await first);
        await _replica.NextAsync(2);

        Assert.Equal([1, 3], _replica.BatchSizes);
        _replica.Answer(new AppendResult { IsCommitted = true });
        Assert.All(await Task.WhenAll(others), error => Assert.Equal(ErrorCode.None, error));
        Assert.Equal(["a", "b", "c", "d"], _groups.Ids.Order());
    }

    [Fact]
    public async Task In_a_crowd_of_writers_what_comes_before_the_round_is_one_batch()
    {
        var clock = new ManualClock();
        var rounds = new WriteRounds(clock);
        for (var i = 1; i < WriteRounds.CrowdSize; i++)
        {
            _ = rounds.NextAsync(new object());
        }

        var writer = New(rounds: rounds);
        Task<ErrorCode>[] writes = [writer.WriteAsync(Commit("a", 1)), writer.WriteAsync(Commit("b", 1))];
        Assert.Empty(_replica.BatchSizes);
        clock.Advance(WriteRounds.Interval);
        await _replica.NextAsync(1);

        Assert.Equal([2], _replica.BatchSizes);
        _replica.Answer(new AppendResult { IsCommitted = true });
        Assert.All(await Task.WhenAll(writes), error => Assert.Equal(ErrorCode.None, error));
    }

    [Fact]
    public async Task A_term_that_ends_before_the_round_writes_nothing()
    {
        var clock = new ManualClock();
        var rounds = new WriteRounds(clock);
        for (var i = 1; i < WriteRounds.CrowdSize; i++)
        {
            _ = rounds.NextAsync(new object());
        }

        var writer = New(rounds: rounds);
        var write = writer.WriteAsync(Commit("a", 1));
        writer.Lose();
        clock.Advance(WriteRounds.Interval);

        Assert.Equal(ErrorCode.NotCoordinator, await write);
        Assert.Equal(ErrorCode.NotCoordinator, await writer.WriteAsync(Commit("b", 1)));
        Assert.Empty(_replica.BatchSizes);
    }

    [Fact]
    public async Task A_batch_stays_below_the_topics_limit()
    {
        var writer = New(maxBatchBytes: 300);
        for (var i = 0; i < 10; i++)
        {
            _ = writer.WriteAsync(Commit($"g{i}", 1));
        }

        for (var i = 1; _replica.BatchSizes.Sum() < 10; i++)
        {
            _replica.Answer(new AppendResult { IsCommitted = true });
            await _replica.NextAsync(i + 1);
        }

        Assert.All(_replica.BatchBytes, bytes => Assert.True(bytes <= 300, $"{bytes}"));
        Assert.True(_replica.BatchSizes.Count < 10);
    }

    [Fact]
    public async Task A_write_is_seen_only_when_it_is_committed()
    {
        var writer = New();
        var write = writer.WriteAsync(Commit("a", 1));
        _replica.Answer(new AppendResult { EndOffset = new Offset(1), LeaderEpoch = _epoch });
        await _replica.CommitAskedAsync();
        Assert.Empty(_groups.Ids);
        Assert.False(write.IsCompleted);

        _replica.Commit(ErrorCode.None);

        Assert.Equal(ErrorCode.None, await write);
        Assert.Equal(["a"], _groups.Ids);
    }

    [Theory]
    [InlineData(ErrorCode.NotEnoughReplicas, false)]
    [InlineData(ErrorCode.MessageTooLarge, false)]
    [InlineData(ErrorCode.NotLeaderOrFollower, true)]
    [InlineData(ErrorCode.FencedLeaderEpoch, true)]
    [InlineData(ErrorCode.KafkaStorageError, true)]
    public async Task A_refusal_is_told_and_ends_the_term_when_nothing_can_follow(ErrorCode error, bool isLost)
    {
        var writer = New();
        var write = writer.WriteAsync(Commit("a", 1));

        _replica.Answer(new AppendResult { Error = error });

        Assert.Equal(isLost ? ErrorCode.NotCoordinator : error, await write);
        Assert.Equal(isLost, writer.IsLost);
        Assert.Empty(_groups.Ids);
    }

    [Fact]
    public async Task A_call_that_failed_may_have_been_written_and_ends_the_term()
    {
        var writer = New();
        var write = writer.WriteAsync(Commit("a", 1));
        var next = writer.WriteAsync(Commit("b", 1));

        _replica.Throw(new TimeoutException());

        Assert.Equal((ErrorCode.NotCoordinator, ErrorCode.NotCoordinator), (await write, await next));
        Assert.Equal(ErrorCode.NotCoordinator, await writer.WriteAsync(Commit("c", 1)));
    }

    [Fact]
    public async Task A_text_that_no_record_can_hold_is_refused_by_itself()
    {
        var writer = New();

        Assert.Equal(ErrorCode.MessageTooLarge, await writer.WriteAsync(Commit(new string('x', 40_000), 1)));

        Assert.False(writer.IsLost);
        Assert.Empty(_replica.BatchSizes);
    }

    private static GroupWrite Commit(string group, long offset) => new()
    {
        GroupId = group,
        Offsets =
        [
            new OffsetEntry
            {
                Partition = new GroupTopicPartition("t", 0),
                Value = new CommittedOffset { Offset = new Offset(offset), CommitTimestamp = 1 },
            },
        ],
    };

    private OffsetsLogWriter New(int maxBatchBytes = 1_000_000, WriteRounds? rounds = null) =>
        new(_replica, _epoch, _groups, maxBatchBytes, rounds ?? new WriteRounds(TimeProvider.System), TimeProvider.System, NullLogger.Instance);

    /// <summary>A replica grain whose answers are given by hand.</summary>
    private sealed class HeldReplica : IReplicaGrain
    {
        private readonly SemaphoreSlim _appended = new(0);
        private readonly TaskCompletionSource _commitAsked = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly TaskCompletionSource<ErrorCode> _commit = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private TaskCompletionSource<AppendResult> _append = new();
        private int _seen;

        public List<int> BatchSizes { get; } = [];

        public List<long> BatchBytes { get; } = [];

        public Task<AppendResult> Append(AppendRequest request) => throw new NotSupportedException();

        public Task<AppendResult> AppendCommitted(AppendRequest request, TimeSpan patience)
        {
            Assert.Equal((RequiredAcks.All, _epoch), (request.Acks, request.LeaderEpoch));
            var bytes = new ReadOnlySequence<byte>(Assert.Single(request.Pieces));
            Assert.Equal(ErrorCode.None, BatchReader.Open(bytes, out var batch));
            using (batch)
            {
                BatchSizes.Add(batch!.Header.RecordCount);
                BatchBytes.Add(bytes.Length);
            }

            _append = new TaskCompletionSource<AppendResult>(TaskCreationOptions.RunContinuationsAsynchronously);
            _appended.Release();
            return _append.Task;
        }

        public Task<ErrorCode> AwaitCommitted(Offset end, LeaderEpoch epoch, TimeSpan timeout)
        {
            _commitAsked.TrySetResult();
            return _commit.Task;
        }

        public Task<DeleteRecordsResult> DeleteRecords(Offset before) => throw new NotSupportedException();

        /// <summary>Until that many appends have come.</summary>
        public async Task NextAsync(int count)
        {
            while (_seen < count)
            {
                Assert.True(await _appended.WaitAsync(TimeSpan.FromSeconds(60)));
                _seen++;
            }
        }

        public Task CommitAskedAsync() => _commitAsked.Task;

        public void Answer(AppendResult result) => _append.SetResult(result);

        public void Throw(Exception failure) => _append.SetException(failure);

        public void Commit(ErrorCode error) => _commit.SetResult(error);
    }
}
