using System.Diagnostics.CodeAnalysis;
using Orleans.Runtime;

namespace Orleans.Embedded.GrainDirectory;

/// <summary>For a cluster that is this silo alone: what is not in its own table is nowhere.</summary>
internal sealed class LocatorOfOne(ILocalSiloDetails local) : IGrainLocator
{
    public bool TryFindKnown(GrainId grainId, [NotNullWhen(true)] out SiloAddress? silo)
    {
        silo = null;
        return false;
    }

    public ValueTask<SiloAddress?> Find(GrainId grainId) => default;

    public void Learn(GrainId grainId, SiloAddress silo)
    {
    }

    public void Forget(GrainId grainId, SiloAddress silo)
    {
    }

    public ValueTask<SiloAddress> Register(GrainId grainId, long activation) => new(local.SiloAddress);

    public void Unregister(GrainId grainId, long activation)
    {
    }
}
