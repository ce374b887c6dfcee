using OrleansStreaming.Cli.Measuring;

namespace OrleansStreaming.Cli.Tests.Measuring;

public sealed class PacingTests
{
    [Fact]
    public async Task ALateRecordCountsFromWhenItWasDue()
    {
        var clock = new StoppedClock();
        var pacing = new Pacing(clock, perSecond: 1000);
        Assert.Equal(clock.GetTimestamp(), await pacing.NextAsync(0, CancellationToken.None));

        clock.Advance(TimeSpan.FromSeconds(1)); // a stall

        Assert.Equal(TimeSpan.FromMilliseconds(999), clock.GetElapsedTime(await pacing.NextAsync(1, CancellationToken.None)));
        Assert.Equal(TimeSpan.FromMilliseconds(500), clock.GetElapsedTime(await pacing.NextAsync(500, CancellationToken.None)));
    }

    [Fact]
    public void AnEarlyRecordWaits()
    {
        var pacing = new Pacing(new StoppedClock(), perSecond: 10);

        Assert.False(pacing.NextAsync(1, new CancellationToken(false)).IsCompleted);
    }

    [Fact]
    public async Task WithoutARateEachIsDueAtOnce()
    {
        var clock = new StoppedClock();
        var pacing = new Pacing(clock, perSecond: 0);
        clock.Advance(TimeSpan.FromSeconds(3));

        Assert.Equal(clock.GetTimestamp(), await pacing.NextAsync(5, CancellationToken.None));
    }

    /// <summary>Moves only when told to; its timers never fire.</summary>
    private sealed class StoppedClock : TimeProvider
    {
        private long _now = 1_000_000;

        public override long TimestampFrequency => 1_000_000;

        public override long GetTimestamp() => _now;

        public void Advance(TimeSpan by) => _now += (long)by.TotalMicroseconds;

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) => new NoTimer();

        private sealed class NoTimer : ITimer
        {
            public bool Change(TimeSpan dueTime, TimeSpan period) => true;

            public void Dispose()
            {
            }

            public ValueTask DisposeAsync() => ValueTask.CompletedTask;
        }
    }
}
