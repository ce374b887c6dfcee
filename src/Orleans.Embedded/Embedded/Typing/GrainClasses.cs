using System.Collections.Concurrent;
using System.Collections.Frozen;
using Microsoft.Extensions.Options;
using Orleans.Configuration;
using Orleans.Runtime;

namespace Orleans.Embedded.Typing;

/// <summary>All grain classes of the application, by name and by interface. Any thread.</summary>
internal sealed class GrainClasses : IGrainTypes
{
    private readonly FrozenDictionary<GrainType, GrainClass> _byType;
    private readonly ILookup<Type, GrainClass> _byInterface;
    private readonly ConcurrentDictionary<Type, GrainType> _chosen = new();

    public GrainClasses(IReadOnlyList<AssemblyTypes> application, IOptions<GrainCollectionOptions> collection)
    {
        var byType = new Dictionary<GrainType, GrainClass>();
        foreach (var type in application.SelectMany(types => types.GrainClasses))
        {
            var grainClass = new GrainClass(type, collection.Value);
            if (!byType.TryAdd(grainClass.GrainType, grainClass))
            {
                throw new OrleansConfigurationException(
                    $"{type} and {byType[grainClass.GrainType].Type} have the same grain type '{grainClass.GrainType}': name one with [GrainType].");
            }
        }

        _byType = byType.ToFrozenDictionary();
        _byInterface = byType.Values
            .SelectMany(grainClass => grainClass.Interfaces, (grainClass, type) => (grainClass, type))
            .ToLookup(entry => entry.type, entry => entry.grainClass);
    }

    public IEnumerable<GrainClass> All => _byType.Values;

    /// <summary>Null when no class has that name.</summary>
    public GrainClass? Find(GrainType grainType) => _byType.GetValueOrDefault(grainType);

    public GrainType GrainTypeFor(Type grainInterface, string? classNamePrefix) => string.IsNullOrWhiteSpace(classNamePrefix)
        ? _chosen.TryGetValue(grainInterface, out var known) ? known : _chosen.GetOrAdd(grainInterface, Choose(grainInterface, ""))
        : Choose(grainInterface, classNamePrefix);

    private GrainType Choose(Type grainInterface, string classNamePrefix)
    {
        var candidates = _byInterface[grainInterface]
            .Where(candidate => candidate.Type.FullName!.StartsWith(classNamePrefix, StringComparison.Ordinal))
            .ToList();
        if (candidates.Count > 1 && candidates.Find(candidate => "I" + candidate.Type.Name == grainInterface.Name) is { } primary)
        {
            return primary.GrainType;
        }

        return candidates.Count switch
        {
            1 => candidates[0].GrainType,
            0 => throw new ArgumentException($"Could not find an implementation for interface {grainInterface}"),
            _ => throw new ArgumentException(
                $"Unable to identify a single appropriate grain type for interface {grainInterface}. "
                + $"Candidates: {string.Join(", ", candidates.Select(candidate => candidate.Type))}"),
        };
    }
}
