using Microsoft.Extensions.DependencyInjection;
using Orleans.Embedded.Activations;
using Orleans.Runtime;
using Orleans.Timers;

namespace Orleans.Embedded.Silos;

internal sealed class GrainRuntime(
    ILocalSiloDetails silo,
    IGrainFactory grainFactory,
    ITimerRegistry timerRegistry,
    IServiceProvider services,
    [FromKeyedServices(TimeProviderNames.Grains)] TimeProvider time) : IGrainRuntime
{
    public string SiloIdentity { get; } = silo.SiloAddress.ToString();

    public SiloAddress SiloAddress => silo.SiloAddress;

    public TimeProvider TimeProvider => time;

    public IGrainFactory GrainFactory => InTurn(grainFactory);

    public ITimerRegistry TimerRegistry => InTurn(timerRegistry);

    public IServiceProvider ServiceProvider => InTurn(services);

    public void DeactivateOnIdle(IGrainContext grainContext)
    {
        RuntimeContext.Require(grainContext);
        grainContext.Deactivate(new(DeactivationReasonCode.ApplicationRequested, $"{nameof(DeactivateOnIdle)} was called."));
    }

    public void DelayDeactivation(IGrainContext grainContext, TimeSpan timeSpan)
    {
        RuntimeContext.Require(grainContext);
        ((Activation)grainContext).DelayDeactivation(timeSpan);
    }

    private static T InTurn<T>(T service)
    {
        RuntimeContext.Require(RuntimeContext.Current);
        return service;
    }
}
