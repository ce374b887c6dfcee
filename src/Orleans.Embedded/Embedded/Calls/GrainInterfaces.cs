using System.Collections.Concurrent;
using Orleans.Embedded.Copying;
using Orleans.Runtime;

namespace Orleans.Embedded.Calls;

/// <summary>The grain interfaces that this silo has met, by type and by name. Any thread.</summary>
internal sealed class GrainInterfaces(Copiers copiers)
{
    private readonly ConcurrentDictionary<Type, GrainInterface> _byType = new();
    private readonly ConcurrentDictionary<GrainInterfaceType, GrainInterface> _byName = new();
    private IGrainCallSender? _sender;

    /// <summary>Set once, before the first reference is made: sender and references need each other.</summary>
    public IGrainCallSender Sender
    {
        set => _sender = value;
    }

    public GrainInterface For(Type type) => _byType.TryGetValue(type, out var known) ? known : _byType.GetOrAdd(type, Create);

    /// <exception cref="ArgumentException">No such interface was met so far.</exception>
    public GrainInterface For(GrainInterfaceType name) => _byName.TryGetValue(name, out var known)
        ? known
        : throw new ArgumentException($"Could not find the grain interface {name}");

    private GrainInterface Create(Type type)
    {
        var created = new GrainInterface(type, _sender!, copiers);
        var named = _byName.GetOrAdd(created.Type, created);
        return named.ClrType == type
            ? named
            : throw new OrleansConfigurationException($"{type} and {named.ClrType} have the same alias '{created.Type}'.");
    }
}
