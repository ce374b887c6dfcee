using Orleans.Configuration;
using Orleans.Embedded.Tests.Silos;
using Orleans.Hosting;

namespace Orleans.Embedded.Tests.Calls;

public sealed class TimeoutTests : IAsyncLifetime
{
    private readonly string _key = Gate.NewName();
    private TestSilo _silo = null!;

    private ICallGrain Grain => _silo.Grains.GetGrain<ICallGrain>(_key);

    public async Task InitializeAsync()
    {
        _silo = await TestSilo.Start(
            builder => builder.Configure<SiloMessagingOptions>(options => options.ResponseTimeout = TimeSpan.FromMilliseconds(400)));
        await Answer();
    }

    public async Task DisposeAsync() => await _silo.DisposeAsync();

    [Fact]
    public async Task A_caller_gets_a_TimeoutException_and_the_grain_goes_on()
    {
        await Assert.ThrowsAsync<TimeoutException>(await Block());
        Gate.Named(_key).Open();

        Assert.Equal(5, await Answer());
    }

    [Fact]
    public async Task A_method_can_have_its_own_timeout()
    {
        await Assert.ThrowsAsync<TimeoutException>(() => Grain.BlockBriefly(_key));
        Gate.Named(_key).Open();
    }

    [Fact]
    public async Task A_request_that_timed_out_while_it_waited_is_not_started()
    {
        var other = Gate.NewName();
        var first = await Block();
        await Assert.ThrowsAsync<TimeoutException>(() => Grain.Block(other));
        Gate.Named(_key).Open();
        await Assert.ThrowsAsync<TimeoutException>(first);
        await Answer();

        Assert.Equal(0, Gate.Named(other).Arrived);
    }

    /// <summary>A call that has reached the grain. On a busy machine one may run out of its short time before.</summary>
    private async Task<Func<Task>> Block()
    {
        var arrival = Gate.Named(_key).Arrival();
        Task call;
        do
        {
            call = Grain.Block(_key);
            await Task.WhenAny(call, arrival);
        }
        while (!arrival.IsCompleted);
        await arrival;
        return () => call;
    }

    /// <summary>What the grain answers, however often that takes longer than the limit under test: a silo's first call may, and any on a busy machine.</summary>
    private async Task<int> Answer()
    {
        for (var tries = 0; ; tries++)
        {
            try
            {
                return await Grain.ValueTaskResult(5);
            }
            catch (TimeoutException) when (tries < 150)
            {
                // Asked again.
            }
        }
    }
}
