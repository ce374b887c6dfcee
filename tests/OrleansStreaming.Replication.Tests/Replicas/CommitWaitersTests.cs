using OrleansStreaming.Records.Errors;
using OrleansStreaming.Records.Ids;
using OrleansStreaming.Replication.Replicas;
using OrleansStreaming.Replication.Tests.Support;

namespace OrleansStreaming.Replication.Tests.Replicas;

public sealed class CommitWaitersTests
{
    private static readonly TimeSpan _minute = TimeSpan.FromMinutes(1);

    private readonly ManualClock _clock = new();

    [Fact]
    public async Task Each_is_answered_when_the_high_watermark_passes_its_offset()
    {
        var waiters = Waiters();
        var late = waiters.Add(new Offset(10), _minute);
        var early = waiters.Add(new Offset(5), _minute);
        var same = waiters.Add(new Offset(5), _minute);
        waiters.Commit(new Offset(4));
        Assert.False(early.IsCompleted);
        waiters.Commit(new Offset(5));
        Assert.Equal(ErrorCode.None, await early);
        Assert.Equal(ErrorCode.None, await same);
        Assert.False(late.IsCompleted);
        waiters.Fail(ErrorCode.NotLeaderOrFollower);
        Assert.Equal(ErrorCode.NotLeaderOrFollower, await late);
    }

    [Fact]
    public async Task Time_runs_out_with_the_reason_of_that_moment()
    {
        var reason = ErrorCode.RequestTimedOut;
        var waiters = new CommitWaiters(_clock, () => reason);
        var first = waiters.Add(new Offset(1), _minute);
        _clock.Advance(_minute);
        Assert.Equal(ErrorCode.RequestTimedOut, await first);
        reason = ErrorCode.NotEnoughReplicasAfterAppend;
        var second = waiters.Add(new Offset(1), TimeSpan.Zero);
        _clock.Advance(TimeSpan.Zero);
        Assert.Equal(ErrorCode.NotEnoughReplicasAfterAppend, await second);
    }

    [Fact]
    public async Task A_commit_beats_a_later_timeout()
    {
        var waiters = Waiters();
        var task = waiters.Add(new Offset(1), _minute);
        waiters.Commit(new Offset(1));
        _clock.Advance(_minute);
        Assert.Equal(ErrorCode.None, await task);
    }

    private CommitWaiters Waiters() => new(_clock, () => ErrorCode.RequestTimedOut);
}
