using System.Reflection;
using Orleans.Embedded.Calls;

namespace Orleans.Runtime;

/// <summary>
/// The address of a grain, seen through one interface: calling a method sends a call. References are values: equal when they name
/// the same grain. Any thread.
/// </summary>
public abstract class GrainReference : DispatchProxy, IAddressable, IEquatable<GrainReference>
{
    private protected GrainReference()
    {
    }

    public GrainId GrainId { get; private set; }

    public GrainInterfaceType InterfaceType => Interface.Type;

    public string InterfaceName => InterfaceType.ToString();

    internal GrainInterface Interface { get; private set; } = null!;

    public TGrainInterface Cast<TGrainInterface>()
        where TGrainInterface : IAddressable => (TGrainInterface)Interface.Sender.Cast(this, typeof(TGrainInterface));

    public override bool Equals(object? obj) => Equals(obj as GrainReference);

    public bool Equals(GrainReference? other) => other is not null && GrainId.Equals(other.GrainId);

    public override int GetHashCode() => GrainId.GetHashCode();

    /// <summary>The same in every process and for ever.</summary>
    public uint GetUniformHashCode() => GrainId.GetUniformHashCode();

    public sealed override string ToString() => $"GrainReference:{GrainId}:{InterfaceType}";

    public static bool operator ==(GrainReference? reference1, GrainReference? reference2) =>
        reference1 is null ? reference2 is null : reference1.Equals(reference2);

    public static bool operator !=(GrainReference? reference1, GrainReference? reference2) => !(reference1 == reference2);

    /// <summary>A reference to another grain through the same interface: far cheaper than making a proxy.</summary>
    internal GrainReference For(GrainInterface grainInterface, GrainId grainId)
    {
        var reference = (GrainReference)MemberwiseClone();
        reference.Interface = grainInterface;
        reference.GrainId = grainId;
        return reference;
    }

    protected sealed override object? Invoke(MethodInfo? targetMethod, object?[]? args) =>
        Interface.MethodFor(targetMethod!).Send(this, args ?? []);
}
