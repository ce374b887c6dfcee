using OrleansStreaming.Groups.Coordinators;
using OrleansStreaming.Groups.Tests.Support;

namespace OrleansStreaming.Groups.Tests.Coordinators;

public sealed class WriteRoundsTests
{
    private readonly ManualClock _clock = new();
    private readonly WriteRounds _rounds;
    private readonly object[] _writers = [.. Enumerable.Range(0, WriteRounds.CrowdSize).Select(_ => new object())];

    public WriteRoundsTests() => _rounds = new WriteRounds(_clock);

    [Fact]
    public void Few_writers_never_wait_however_often_they_write()
    {
        for (var i = 0; i < 1000; i++)
        {
            foreach (var writer in _writers[1..])
            {
                Assert.True(_rounds.NextAsync(writer).IsCompletedSuccessfully);
            }

            _clock.Advance(TimeSpan.FromMilliseconds(1));
        }

        Assert.Equal(0, _clock.ArmedTimers);
    }

    [Fact]
    public void A_crowd_begins_together_at_the_next_whole_interval()
    {
        var waiting = Crowd();
        Assert.All(waiting[..^1], task => Assert.True(task.IsCompleted));
        var first = waiting[^1];
        _clock.Advance(WriteRounds.Interval / 2);
        var second = _rounds.NextAsync(_writers[0]);
        Assert.False(first.IsCompleted);

        _clock.Advance(WriteRounds.Interval / 2);
        Assert.True(first.IsCompletedSuccessfully);
        Assert.True(second.IsCompletedSuccessfully);
        var third = _rounds.NextAsync(_writers[1]);
        Assert.False(third.IsCompleted);
        _clock.Advance(WriteRounds.Interval);
        Assert.True(third.IsCompletedSuccessfully);
    }

    [Fact]
    public void Brokers_whose_clocks_agree_begin_together()
    {
        var others = new WriteRounds(_clock);
        var first = Crowd()[^1];
        _clock.Advance(WriteRounds.Interval / 3);
        Task[] second = [.. _writers.Select(others.NextAsync)];
        _clock.Advance((WriteRounds.Interval * 2 / 3) - TimeSpan.FromMilliseconds(1));
        Assert.False(first.IsCompleted);
        Assert.False(second[^1].IsCompleted);

        _clock.Advance(TimeSpan.FromMilliseconds(1));
        Assert.True(first.IsCompletedSuccessfully);
        Assert.True(second[^1].IsCompletedSuccessfully);
    }

    [Fact]
    public void When_the_crowd_has_gone_nobody_waits_and_no_timer_runs()
    {
        Crowd();
        _clock.Advance(2 * WriteRounds.Interval);
        Assert.Equal(0, _clock.ArmedTimers);
        Assert.False(_rounds.NextAsync(_writers[0]).IsCompleted);

        _clock.Advance(2 * WriteRounds.CrowdSpan);
        Assert.True(_rounds.NextAsync(_writers[0]).IsCompleted);
        Assert.Equal(0, _clock.ArmedTimers);
    }

    [Fact]
    public void Writers_that_come_one_after_the_other_over_a_long_time_are_no_crowd()
    {
        foreach (var writer in _writers.Concat(_writers))
        {
            Assert.True(_rounds.NextAsync(writer).IsCompleted);
            _clock.Advance(WriteRounds.CrowdSpan);
        }
    }

    /// <summary>As many writers at once as make a crowd: the last one waits.</summary>
    private Task[] Crowd() => [.. _writers.Select(_rounds.NextAsync)];
}
