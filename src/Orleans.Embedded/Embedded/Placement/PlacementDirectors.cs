using Orleans.Runtime;
using Orleans.Runtime.Placement;

namespace Orleans.Embedded.Placement;

/// <summary>The same silo for a grain id as long as the silos stay the same.</summary>
internal sealed class HashBasedPlacementDirector : IPlacementDirector
{
    public Task<SiloAddress> OnAddActivation(PlacementStrategy strategy, PlacementTarget target, IPlacementContext context)
    {
        var silos = context.GetCompatibleSilos(target);
        if (IPlacementDirector.GetPlacementHint(target.RequestContextData, silos) is { } hint)
        {
            return Task.FromResult(hint);
        }

        Array.Sort(silos);
        return Task.FromResult(silos[target.GrainIdentity.GetUniformHashCode() % (uint)silos.Length]);
    }
}

/// <summary>Any silo.</summary>
internal sealed class RandomPlacementDirector(Random random) : IPlacementDirector
{
    public Task<SiloAddress> OnAddActivation(PlacementStrategy strategy, PlacementTarget target, IPlacementContext context)
    {
        var silos = context.GetCompatibleSilos(target);
        return Task.FromResult(
            IPlacementDirector.GetPlacementHint(target.RequestContextData, silos) ?? silos[random.Next(silos.Length)]);
    }
}

/// <summary>The caller's silo if it can take the grain, else any.</summary>
internal sealed class PreferLocalPlacementDirector(Random random) : IPlacementDirector
{
    public Task<SiloAddress> OnAddActivation(PlacementStrategy strategy, PlacementTarget target, IPlacementContext context)
    {
        var silos = context.GetCompatibleSilos(target);
        if (IPlacementDirector.GetPlacementHint(target.RequestContextData, silos) is { } hint)
        {
            return Task.FromResult(hint);
        }

        var isLocalPossible = !context.LocalSiloStatus.IsTerminating() && silos.Contains(context.LocalSilo);
        return Task.FromResult(isLocalPossible ? context.LocalSilo : silos[random.Next(silos.Length)]);
    }
}
