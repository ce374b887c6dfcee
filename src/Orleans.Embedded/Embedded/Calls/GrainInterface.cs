using System.Collections.Concurrent;
using System.Reflection;
using Orleans.Embedded.Copying;
using Orleans.Runtime;

namespace Orleans.Embedded.Calls;

/// <summary>A grain interface of one silo: its name, its methods, and a prototype to make references from. Any thread.</summary>
internal sealed class GrainInterface
{
    private readonly ConcurrentDictionary<MethodInfo, GrainMethod> _methods = new();
    private readonly Copiers _copiers;
    private readonly GrainReference _prototype;

    public GrainInterface(Type clrType, IGrainCallSender sender, Copiers copiers)
    {
        ClrType = clrType;
        Type = NameOf(clrType);
        Sender = sender;
        _copiers = copiers;
        _prototype = (GrainReference)DispatchProxy.Create(clrType, typeof(GrainProxy));
    }

    public Type ClrType { get; }

    public GrainInterfaceType Type { get; }

    public IGrainCallSender Sender { get; }

    /// <summary>The alias, or else the full name.</summary>
    public static GrainInterfaceType NameOf(Type clrType) =>
        GrainInterfaceType.Create(clrType.GetCustomAttributes<AliasAttribute>(inherit: false).FirstOrDefault()?.Alias ?? clrType.FullName ?? clrType.Name);

    public GrainReference ReferenceTo(GrainId grainId) => _prototype.For(this, grainId);

    public GrainMethod MethodFor(MethodInfo method) =>
        _methods.TryGetValue(method, out var known) ? known : _methods.GetOrAdd(method, GrainMethod.Create, _copiers);
}

/// <summary>What the generated proxies derive from.</summary>
internal class GrainProxy : GrainReference
{
    public GrainProxy()
    {
    }
}
