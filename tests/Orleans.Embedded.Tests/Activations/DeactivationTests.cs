using Orleans.Embedded.Tests.Silos;

namespace Orleans.Embedded.Tests.Activations;

public sealed class DeactivationTests(SiloFixture silo) : IClassFixture<SiloFixture>
{
    private readonly string _key = Gate.NewName();

    private ILifeGrain Grain => silo.Grains.GetGrain<ILifeGrain>(_key);

    [Fact]
    public async Task The_call_after_DeactivateOnIdle_finds_a_new_activation()
    {
        var first = await Grain.ActivationId();
        await Grain.Deactivate();

        Assert.NotEqual(first, await Grain.ActivationId());
        Assert.Equal(1, Gate.Named(_key + "-ApplicationRequested").Arrived);
        Assert.Equal(2, Gate.Named(_key + "-activated").Arrived);
    }

    [Fact]
    public async Task Running_requests_complete_before_the_end_and_waiting_ones_go_to_the_new_activation()
    {
        var first = await Grain.ActivationId();
        var running = Grain.DeactivateAndBlock(_key);
        await Gate.Named(_key).Arrival();
        var waiting = Grain.ActivationId();
        Assert.Equal(0, Gate.Named(_key + "-ApplicationRequested").Arrived);

        Gate.Named(_key).Open();
        await running;
        Assert.NotEqual(first, await waiting);
        Assert.Equal(1, Gate.Named(_key + "-ApplicationRequested").Arrived);
    }

    [Fact, Trait("orleans", "embedded")]
    public async Task A_failed_activation_fails_all_who_wait_for_it_and_the_next_call_tries_again()
    {
        var grain = silo.Grains.GetGrain<IFailingGrain>(_key);
        var calls = Enumerable.Range(0, 5).Select(_ => grain.Attempts()).ToArray();
        await Gate.Named(_key).Arrival();
        Gate.Named(_key).Open();
        foreach (var call in calls)
        {
            var failure = await Assert.ThrowsAsync<TimeZoneNotFoundException>(() => call);
            Assert.Equal("The first activation fails.", failure.Message);
        }

        Assert.Equal(2, await grain.Attempts());
    }

    [Fact]
    public async Task Code_that_left_the_turns_may_not_use_the_grains_services()
    {
        Assert.Equal("refused", await Grain.AfterTheEnd());
    }
}
