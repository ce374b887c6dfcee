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
        for (var tries = 0; tries < 50 && !await IsActivated(); tries++)
        {
        }
    }

    public async Task DisposeAsync() => await _silo.DisposeAsync();

    [Fact]
    public async Task A_caller_gets_a_TimeoutException_and_the_grain_goes_on()
    {
        await Assert.ThrowsAsync<TimeoutException>(() => Grain.Block(_key));
        await Gate.Named(_key).Arrival();
        Gate.Named(_key).Open();

        Assert.Equal(5, await Grain.ValueTaskResult(5));
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
        var first = Grain.Block(_key);
        await Gate.Named(_key).Arrival();
        await Assert.ThrowsAsync<TimeoutException>(() => Grain.Block(other));
        Gate.Named(_key).Open();
        await Assert.ThrowsAsync<TimeoutException>(() => first);
        await Grain.ValueTaskResult(5);

        Assert.Equal(0, Gate.Named(other).Arrived);
    }

    /// <summary>The first call of a silo may take longer than the limit under test.</summary>
    private async Task<bool> IsActivated()
    {
        try
        {
            return await Grain.ValueTaskResult(1) == 1;
        }
        catch (TimeoutException)
        {
            return false;
        }
    }
}
