using Orleans.Configuration;
using Orleans.Embedded.Tests.Silos;
using Orleans.Hosting;
using Orleans.Runtime;

namespace Orleans.Embedded.Tests.Scheduling;

public interface IChainGrain : IGrainWithStringKey
{
    /// <summary>Calls the other grain, which calls back.</summary>
    Task<string> CallAndBeCalledBack(string other, bool allow);

    Task<string> CallBack(string first);

    Task<string> Answer();
}

public sealed class ChainGrain : Grain, IChainGrain
{
    public async Task<string> CallAndBeCalledBack(string other, bool allow)
    {
        var grain = GrainFactory.GetGrain<IChainGrain>(other);
        if (!allow)
        {
            return await grain.CallBack(this.GetPrimaryKeyString());
        }

        using var section = RequestContext.AllowCallChainReentrancy();
        return await grain.CallBack(this.GetPrimaryKeyString());
    }

    public Task<string> CallBack(string first) => GrainFactory.GetGrain<IChainGrain>(first).Answer();

    public Task<string> Answer() => Task.FromResult("answered");
}

public sealed class CallChainTests
{
    [Fact]
    public async Task A_grain_that_is_called_back_within_its_own_call_deadlocks_until_the_timeout()
    {
        await using var silo = await TestSilo.Start(builder =>
            builder.Configure<SiloMessagingOptions>(options => options.ResponseTimeout = TimeSpan.FromMilliseconds(200)));

        await Assert.ThrowsAsync<TimeoutException>(() => silo.Grains.GetGrain<IChainGrain>("a").CallAndBeCalledBack("b", allow: false));
    }

    [Fact]
    public async Task AllowCallChainReentrancy_lets_the_call_back_in()
    {
        await using var silo = await TestSilo.Start();

        Assert.Equal("answered", await silo.Grains.GetGrain<IChainGrain>("a").CallAndBeCalledBack("b", allow: true));
    }
}
