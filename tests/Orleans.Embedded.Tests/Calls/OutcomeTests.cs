using Orleans.Embedded.Tests.Silos;

namespace Orleans.Embedded.Tests.Calls;

public sealed class OutcomeTests(SiloFixture silo) : IClassFixture<SiloFixture>
{
    private readonly string _key = Gate.NewName();

    private ICallGrain Grain => silo.Grains.GetGrain<ICallGrain>(_key);

    [Fact]
    public async Task Arguments_and_results_of_all_kinds_arrive()
    {
        Assert.Equal("a1Friday", await Grain.Concat("a", 1, null, DayOfWeek.Friday));
        Assert.Equal("a12Friday", await Grain.Concat("a", 1, 2, DayOfWeek.Friday));
        Assert.Equal(5, await Grain.ValueTaskResult(5));
        Assert.Null(await Grain.Null());
    }

    [Fact]
    public async Task Generic_methods_can_be_called()
    {
        Assert.Equal("x", await Grain.Generic("x"));
        Assert.Equal(3, await Grain.Generic(3));
    }

    [Theory]
    [InlineData(nameof(ICallGrain.Throw))]
    [InlineData(nameof(ICallGrain.ThrowAfterAwait))]
    [InlineData(nameof(ICallGrain.ValueTaskThrows))]
    public async Task What_a_grain_throws_reaches_the_caller_with_type_and_message(string method)
    {
        var failure = await Assert.ThrowsAsync<TestFailureException>(() => method switch
        {
            nameof(ICallGrain.Throw) => Grain.Throw("the message"),
            nameof(ICallGrain.ThrowAfterAwait) => Grain.ThrowAfterAwait("the message"),
            _ => Grain.ValueTaskThrows("the message").AsTask(),
        });

        Assert.Equal("the message", failure.Message);
    }

    [Fact]
    public async Task A_grain_that_threw_takes_further_calls()
    {
        await Assert.ThrowsAsync<TestFailureException>(() => Grain.Throw("x"));

        Assert.Equal(5, await Grain.ValueTaskResult(5));
    }

    [Fact]
    public async Task A_one_way_call_completes_when_it_is_sent()
    {
        await Grain.OneWay(_key);
        await Gate.Named(_key).Arrival();

        Gate.Named(_key).Open();
    }

    [Fact]
    public async Task A_one_way_call_does_not_report_failure()
    {
        await Grain.OneWayThrows(_key);
        await Gate.Named(_key).Arrival();

        Assert.Equal(5, await Grain.ValueTaskResult(5));
    }

    [Fact]
    public void An_interface_without_a_class_is_refused()
    {
        Assert.Throws<ArgumentException>(() => silo.Grains.GetGrain<INobodysGrain>("x"));
    }
}

public interface INobodysGrain : IGrainWithStringKey;
