using Orleans.Runtime;

namespace Orleans.Embedded.Copying;

/// <summary>Passes references as they are, and a grain that passes itself as a reference to it.</summary>
internal sealed class AddressableCopier<T> : Copier<T>
{
    public override T Copy(T value, CopyContext context) => value switch
    {
        null or GrainReference => value,
        IAddressable grain => (T)grain.AsReference(typeof(T)),
        _ => value,
    };
}
