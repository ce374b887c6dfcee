using Orleans.Runtime;
using Orleans.Serialization;

namespace Orleans.Embedded.Serialization;

/// <summary>References, and grains that pass themselves as such: the grain's id and the name of the interface.</summary>
/// <param name="names">Knows the grain interfaces by their names.</param>
/// <param name="reference">Makes a reference to a grain through an interface.</param>
internal sealed class GrainReferenceCodec<T>(TypeNames names, Func<Type, GrainId, IAddressable> reference) : WireCodec<T>
    where T : class?
{
    public override WireShape Shape => WireShape.Node;

    public override void Write(WireWriter output, T value)
    {
        if (value is null)
        {
            output.WriteNodeHeader(NodeKind.Null, 0);
            return;
        }

        if (value is not (GrainReference or IGrainBase { GrainContext: not null }))
        {
            throw new CodecNotFoundException($"{value.GetType()} is neither a grain reference nor a grain that the runtime made.");
        }

        var addressed = value as GrainReference
            ?? (typeof(T) == typeof(IAddressable)
                ? GrainExtensions.ReferenceOf((IAddressable)value)
                : (GrainReference)((IAddressable)value).AsReference(typeof(T)));
        output.WriteNodeHeader(NodeKind.Grain, 0);
        IdentityBytes.Write(output, addressed.GrainId);
        output.WriteInlineBlob(addressed.InterfaceType.Value.AsSpan());
    }

    public override T Read(WireReader input)
    {
        var kind = input.ReadNodeHeader().Kind;
        if (kind == NodeKind.Null)
        {
            return null!;
        }

        if (kind != NodeKind.Grain)
        {
            throw input.Malformed($"{kind} where a grain belongs");
        }

        var id = IdentityBytes.Parse(input.ReadInlineBlob());
        var named = names.FindInterface(input.ReadInlineBlob());

        // A grain is addressed through any interface: one that is declared and not the named one may be what the caller has left out.
        return (T)reference(typeof(T).IsAssignableFrom(named) ? named : typeof(T), id);
    }
}
