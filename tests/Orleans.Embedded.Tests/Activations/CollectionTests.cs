using Microsoft.Extensions.DependencyInjection;
using Orleans.Configuration;
using Orleans.Embedded.Tests.Silos;
using Orleans.Hosting;
using Orleans.Runtime;

namespace Orleans.Embedded.Tests.Activations;

[Trait("orleans", "embedded")]
public sealed class CollectionTests : IAsyncLifetime
{
    private readonly ManualClock _clock = new();
    private readonly string _key = Gate.NewName();
    private TestSilo _silo = null!;

    public async Task InitializeAsync() => _silo = await TestSilo.Start(builder => builder.ConfigureServices(
        services => services.AddKeyedSingleton<TimeProvider>(TimeProviderNames.ActivationManagement, _clock)));

    public async Task DisposeAsync() => await _silo.DisposeAsync();

    [Fact]
    public async Task An_activation_that_is_idle_for_long_ends()
    {
        var grain = _silo.Grains.GetGrain<ILifeGrain>(_key);
        var first = await grain.ActivationId();
        _clock.Advance(TimeSpan.FromMinutes(10));
        Assert.Equal(first, await grain.ActivationId());

        await AdvanceUntilIdle(_key);
        Assert.NotEqual(first, await grain.ActivationId());
    }

    [Fact]
    public async Task A_class_can_have_its_own_limit()
    {
        var usual = TimeSpan.FromDays(10_000);
        await using var silo = await TestSilo.Start(builder => builder
            .Configure<GrainCollectionOptions>(options => options.CollectionAge = usual)
            .ConfigureServices(services => services.AddKeyedSingleton<TimeProvider>(TimeProviderNames.ActivationManagement, _clock)));
        var start = _clock.GetUtcNow();
        await silo.Grains.GetGrain<IForgetfulGrain>(_key, typeof(BriefGrain).FullName).ActivationId();
        await AdvanceUntilIdle(_key);

        Assert.InRange(_clock.GetUtcNow() - start, TimeSpan.FromMinutes(2), usual);
    }

    [Fact]
    public async Task KeepAlive_grains_stay()
    {
        var kept = _silo.Grains.GetGrain<IForgetfulGrain>(_key, typeof(KeptGrain).FullName);
        var brief = _silo.Grains.GetGrain<IForgetfulGrain>(_key + "-brief", typeof(BriefGrain).FullName);
        var first = await kept.ActivationId();
        await brief.ActivationId();
        _clock.Advance(TimeSpan.FromDays(1));
        await AdvanceUntilIdle(_key + "-brief");

        Assert.Equal(first, await kept.ActivationId());
    }

    [Fact]
    public async Task DelayDeactivation_keeps_an_idle_activation()
    {
        var grain = _silo.Grains.GetGrain<ILifeGrain>(_key);
        var first = await grain.ActivationId();
        await grain.Delay(TimeSpan.FromHours(5));
        _clock.Advance(TimeSpan.FromHours(4));
        Assert.Equal(first, await grain.ActivationId());

        await grain.Delay(TimeSpan.Zero);
        await AdvanceUntilIdle(_key);
    }

    /// <summary>In small steps: the grain may still be noting its last use when its answer is already here.</summary>
    private async Task AdvanceUntilIdle(string key)
    {
        var gate = Gate.Named(key + "-ActivationIdle");
        for (var step = 0; step < 1_000_000 && gate.Arrived == 0; step++)
        {
            _clock.Advance(TimeSpan.FromSeconds(10));
            await Task.Yield();
        }

        await gate.Arrival();
    }
}
