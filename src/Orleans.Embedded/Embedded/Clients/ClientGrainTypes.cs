using Orleans.Embedded.Calls;
using Orleans.Embedded.Remoting;
using Orleans.Embedded.Typing;
using Orleans.Runtime;

namespace Orleans.Embedded.Clients;

/// <summary>The grain classes as the cluster has told this client, which may know their interfaces only. Any thread.</summary>
internal sealed class ClientGrainTypes : IGrainTypes
{
    private volatile ILookup<string, GrainManifest.Entry>? _byInterface;

    public ClientGrainTypes(RemoteSilos remotes) => remotes.ManifestReceived += bytes =>
        _byInterface = GrainManifest.FromBytes(bytes).Entries.ToLookup(entry => entry.Interface);

    /// <exception cref="InvalidOperationException">The client has not been connected yet.</exception>
    public GrainType GrainTypeFor(Type grainInterface, string? classNamePrefix)
    {
        var known = _byInterface ?? throw new InvalidOperationException("The client is not connected to a cluster yet.");
        var candidates = known[GrainInterface.NameOf(grainInterface).ToString()]
            .Where(entry => entry.FullName.StartsWith(classNamePrefix ?? "", StringComparison.Ordinal))
            .ToList();
        var chosen = candidates.Count == 1 ? candidates[0] : candidates.Find(entry => "I" + entry.Name == grainInterface.Name);
        return chosen is not null ? GrainType.Create(chosen.GrainType) : throw new ArgumentException(candidates.Count == 0
            ? $"Could not find an implementation for interface {grainInterface}"
            : $"Unable to identify a single appropriate grain type for interface {grainInterface}.");
    }
}
