using Orleans.Serialization;

namespace Orleans.Embedded.Copying;

/// <summary>Copies by the runtime type of the value: for interfaces, abstract classes, and classes that have derived ones.</summary>
internal sealed class DynamicCopier<T>(Copiers copiers) : Copier<T>
    where T : class?
{
    public override T Copy(T value, CopyContext context) =>
        value is null ? value : (T)copiers.ForExactly(value.GetType()).CopyObject(value, context)!;
}

/// <summary>A type that may not travel.</summary>
internal sealed class UnknownCopier<T> : Copier<T>
{
    public override T Copy(T value, CopyContext context) => throw new CodecNotFoundException(
        $"Could not find a copier for type {typeof(T)}. Mark it with [GenerateSerializer] and its members with [Id].");
}
