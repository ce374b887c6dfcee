using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Orleans.Configuration;
using Orleans.Embedded.Calls;
using Orleans.Embedded.GrainDirectory;
using Orleans.Runtime;

namespace Orleans.Embedded.Activations;

/// <summary>What all activations of a silo share.</summary>
internal sealed class ActivationServices(
    IServiceScopeFactory scopes,
    ILogger logger,
    TimeProvider time,
    GrainCollectionOptions collection,
    CollectionClock clock,
    ActivationTable table,
    GrainInterfaces interfaces,
    IGrainLocator locator,
    HaltSwitch halt,
    ILocalSiloDetails local,
    IReadOnlyList<IIncomingGrainCallFilter> filters)
{
    public IServiceScopeFactory Scopes { get; } = scopes;

    public ILogger Logger { get; } = logger;

    public TimeProvider Time { get; } = time;

    public GrainCollectionOptions Collection { get; } = collection;

    public CollectionClock Clock { get; } = clock;

    public ActivationTable Table { get; } = table;

    public HaltSwitch Halt { get; } = halt;

    public IGrainLocator Locator { get; } = locator;

    public IReadOnlyList<IIncomingGrainCallFilter> Filters { get; } = filters;

    /// <summary>False when the grain is active on another silo.</summary>
    public async ValueTask<bool> TryRegister(Activation activation)
    {
        var winner = await Locator.Register(activation.GrainId, activation.Number).ConfigureAwait(false);
        if (winner.Equals(local.SiloAddress))
        {
            return true;
        }

        Locator.Learn(activation.GrainId, winner);
        return false;
    }

    public GrainReference ReferenceTo(Activation activation) =>
        interfaces.For(activation.Class.Interfaces.FirstOrDefault() ?? typeof(IAddressable)).ReferenceTo(activation.GrainId);
}

/// <summary>The activation of a container's scope.</summary>
internal sealed class GrainContextHolder : IGrainContextAccessor
{
    public IGrainContext GrainContext { get; set; } = null!;
}
