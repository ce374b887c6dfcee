using System.Collections.Concurrent;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Embedded.Calls;
using Orleans.Embedded.Typing;
using Orleans.Runtime;
using Orleans.Runtime.Placement;

namespace Orleans.Embedded.Placement;

/// <summary>Asks a grain class's placement director for a silo. Any thread.</summary>
internal sealed class GrainPlacement(
    IServiceProvider services,
    ILocalSiloDetails local,
    IClusterMembershipService membership) : IPlacementContext
{
    private readonly ConcurrentDictionary<Type, IPlacementDirector> _directors = new();
    private readonly PlacementStrategy _default = services.GetRequiredService<PlacementStrategy>();

    public SiloAddress LocalSilo => local.SiloAddress;

    /// <summary>Some other silo takes grains.</summary>
    public bool HasOthers => membership.CurrentSnapshot.Members.Values
        .Any(member => member.Status == SiloStatus.Active && !member.SiloAddress.Equals(LocalSilo));

    public SiloStatus LocalSiloStatus => membership.CurrentSnapshot.GetSiloStatus(LocalSilo);

    public Task<SiloAddress> Choose(GrainClass grainClass, GrainCall call)
    {
        var strategy = grainClass.Placement ?? _default;
        var target = new PlacementTarget(call.Target.GrainId, call.RequestContext!, call.Target.InterfaceType, interfaceVersion: 0);
        return _directors.GetOrAdd(strategy.GetType(), FindDirector).OnAddActivation(strategy, target, this);
    }

    public SiloAddress[] GetCompatibleSilos(PlacementTarget target)
    {
        var silos = membership.CurrentSnapshot.Members.Values
            .Where(member => member.Status == SiloStatus.Active)
            .Select(member => member.SiloAddress)
            .ToArray();
        return silos.Length > 0 ? silos : throw new OrleansException($"No active nodes are compatible with grain {target.GrainIdentity}.");
    }

    /// <summary>True when the silo takes no calls any more, as the membership is now.</summary>
    public async Task<bool> IsGone(SiloAddress silo)
    {
        await membership.Refresh().ConfigureAwait(false);
        var status = membership.CurrentSnapshot.GetSiloStatus(silo);
        return status == SiloStatus.None || status.IsTerminating();
    }

    private IPlacementDirector FindDirector(Type strategy) => services.GetKeyedService<IPlacementDirector>(strategy)
        ?? throw new OrleansConfigurationException($"No placement director is registered for {strategy}.");
}
