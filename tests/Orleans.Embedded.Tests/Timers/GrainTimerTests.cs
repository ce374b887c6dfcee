using Microsoft.Extensions.DependencyInjection;
using Orleans.Embedded.Tests.Silos;
using Orleans.Hosting;
using Orleans.Runtime;

namespace Orleans.Embedded.Tests.Timers;

public sealed class GrainTimerTests : IAsyncLifetime
{
    private static readonly TimeSpan _due = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan _period = TimeSpan.FromSeconds(3);

    private readonly ManualClock _clock = new();
    private readonly string _gate = Gate.NewName();
    private TestSilo _silo = null!;

    private ITimerGrain Grain => _silo.Grains.GetGrain<ITimerGrain>(_gate);

    public async Task InitializeAsync() => _silo = await TestSilo.Start(builder => builder.ConfigureServices(
        services => services.AddKeyedSingleton<TimeProvider>(TimeProviderNames.Grains, _clock)));

    public async Task DisposeAsync() => await _silo.DisposeAsync();

    [Fact]
    public async Task Ticks_when_due_and_then_each_period()
    {
        Gate.Named(_gate).Open();
        await Grain.Start(_gate, new(_due, _period));
        _clock.Advance(_due - TimeSpan.FromTicks(1));
        Assert.Equal(0, await Grain.Ticks());

        _clock.Advance(TimeSpan.FromTicks(1));
        await Gate.Named(_gate).Arrival();
        Assert.Equal(1, await Grain.Ticks());

        _clock.Advance(_period);
        await Gate.Named(_gate).Arrival();
        Assert.Equal(2, await Grain.Ticks());
    }

    [Fact]
    public async Task The_period_begins_when_the_tick_has_ended()
    {
        await Grain.Start(_gate, new(_due, _period, Interleave: true));
        _clock.Advance(_due);
        await Gate.Named(_gate).Arrival();
        _clock.Advance(10 * _period);
        Assert.Equal(1, await Grain.Ticks());

        Gate.Named(_gate).Open();
        await Grain.Ping();
        _clock.Advance(_period);
        await Gate.Named(_gate).Arrival();
        Assert.Equal(2, await Grain.Ticks());
    }

    [Fact]
    public async Task An_infinite_period_means_one_tick()
    {
        Gate.Named(_gate).Open();
        await Grain.Start(_gate, new(_due, Timeout.InfiniteTimeSpan));
        _clock.Advance(_due);
        await Gate.Named(_gate).Arrival();
        _clock.Advance(TimeSpan.FromDays(1));

        Assert.Equal(1, await Grain.Ticks());
    }

    [Fact]
    public async Task A_tick_waits_for_the_request_in_progress()
    {
        var other = Gate.NewName();
        Gate.Named(_gate).Open();
        await Grain.Start(_gate, new(_due, _period));
        var blocked = Grain.Block(other);
        await Gate.Named(other).Arrival();
        _clock.Advance(_due);
        await Grain.Ping();
        Assert.Equal(0, Gate.Named(_gate).Arrived);

        Gate.Named(other).Open();
        await blocked;
        await Gate.Named(_gate).Arrival();
    }

    [Fact]
    public async Task A_request_waits_for_the_tick_in_progress()
    {
        await Grain.Start(_gate, new(_due, _period));
        _clock.Advance(_due);
        await Gate.Named(_gate).Arrival();
        var waiting = Grain.Ticks();
        await Grain.Ping();
        Assert.False(waiting.IsCompleted);

        Gate.Named(_gate).Open();
        await waiting;
    }

    [Fact]
    public async Task An_interleaving_tick_runs_beside_a_request_in_progress()
    {
        var other = Gate.NewName();
        Gate.Named(_gate).Open();
        await Grain.Start(_gate, new(_due, _period, Interleave: true));
        var blocked = Grain.Block(other);
        await Gate.Named(other).Arrival();
        _clock.Advance(_due);
        await Gate.Named(_gate).Arrival();

        Assert.False(blocked.IsCompleted);
        Gate.Named(other).Open();
        await blocked;
    }

    [Fact]
    public async Task Change_sets_a_new_time()
    {
        Gate.Named(_gate).Open();
        await Grain.Start(_gate, new(_due, _period));
        await Grain.Change(2 * _due, _period);
        _clock.Advance(_due);
        Assert.Equal(0, await Grain.Ticks());

        _clock.Advance(_due);
        await Gate.Named(_gate).Arrival();
        Assert.Equal(1, await Grain.Ticks());
    }

    [Fact]
    public async Task A_disposed_timer_ticks_no_more_and_its_token_is_cancelled()
    {
        Gate.Named(_gate).Open();
        await Grain.Start(_gate, new(_due, _period));
        _clock.Advance(_due);
        await Gate.Named(_gate).Arrival();
        await Grain.Dispose();
        _clock.Advance(10 * _period);

        Assert.Equal(1, await Grain.Ticks());
        Assert.True(await Grain.WasCancelled());
    }

    [Fact]
    public async Task A_tick_that_fails_does_not_end_the_timer()
    {
        Gate.Named(_gate).Open();
        await Grain.Start(_gate, new(_due, _period));
        await Grain.FailNextTicks();
        _clock.Advance(_due);
        await Gate.Named(_gate).Arrival();
        Assert.Equal(1, await Grain.Ticks());

        _clock.Advance(_period);
        await Gate.Named(_gate).Arrival();
        Assert.Equal(2, await Grain.Ticks());
    }

    [Fact]
    public async Task Timers_end_with_their_activation()
    {
        Gate.Named(_gate).Open();
        await Grain.Start(_gate, new(_due, _period));
        await Grain.Deactivate();
        Assert.Equal(0, await Grain.Ticks());
        _clock.Advance(10 * _due);

        Assert.Equal(0, await Grain.Ticks());
        Assert.Equal(0, Gate.Named(_gate).Arrived);
    }

    [Fact]
    public async Task Negative_times_are_refused()
    {
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => Grain.Start(_gate, new(TimeSpan.FromSeconds(-1), _period)));
    }
}
