using Orleans.Embedded.Tests.Silos;

namespace Orleans.Embedded.Tests.Scheduling;

public sealed class TurnTests(SiloFixture silo) : IClassFixture<SiloFixture>
{
    private readonly string _key = Gate.NewName();

    private IScheduledGrain Grain => silo.Grains.GetGrain<IScheduledGrain>(_key);

    [Fact]
    public async Task A_grain_id_has_one_activation_however_many_call_first()
    {
        var ids = await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => Task.Run(() => Grain.ActivationId())));

        Assert.Single(ids.Distinct());
    }

    [Fact]
    public async Task Different_keys_have_different_activations()
    {
        var other = silo.Grains.GetGrain<IScheduledGrain>(_key + "-other");

        Assert.NotEqual(await Grain.ActivationId(), await other.ActivationId());
    }

    [Fact]
    public async Task Requests_run_one_at_a_time_to_their_end()
    {
        var most = await Task.WhenAll(Enumerable.Range(0, 200).Select(_ => Task.Run(() => Grain.Overlap(yields: 5))));

        Assert.All(most, value => Assert.Equal(1, value));
    }

    [Fact]
    public async Task Requests_of_one_caller_run_in_the_order_sent()
    {
        await Grain.ActivationId();
        var blocked = Grain.Block(_key);
        var sent = Enumerable.Range(0, 500).Select(value => Grain.Append(value)).ToArray();
        Gate.Named(_key).Open();
        await Task.WhenAll([blocked, .. sent]);

        Assert.Equal(Enumerable.Range(0, 500), await Grain.Appended());
    }

    [Fact]
    public async Task Awaits_come_back_to_the_turns_and_ConfigureAwait_false_leaves_them()
    {
        var running = Grain.SchedulersAcrossAwaits();
        await Gate.Named(_key).Arrival();
        Gate.Named(_key).Open();

        Assert.All(await running, Assert.True);
    }

    [Fact]
    public async Task A_blocked_grain_does_not_hold_up_another()
    {
        var blocked = Grain.Block(_key);
        await Gate.Named(_key).Arrival();
        await silo.Grains.GetGrain<IScheduledGrain>(_key + "-other").ActivationId();

        Assert.False(blocked.IsCompleted);
        Gate.Named(_key).Open();
        await blocked;
    }

    [Fact]
    public async Task A_long_line_of_waiting_requests_is_worked_off_without_deep_recursion()
    {
        var blocked = Grain.Block(_key);
        var sent = Enumerable.Range(0, 20_000).Select(value => Grain.Append(value)).ToArray();
        Gate.Named(_key).Open();
        await Task.WhenAll([blocked, .. sent]);

        Assert.Equal(20_000, (await Grain.Appended()).Count);
    }
}
