namespace Orleans.Embedded.Copying;

/// <summary>Makes deep copies of values of one declared type, whatever their runtime type. Any thread.</summary>
internal abstract class Copier
{
    /// <summary>Values are immutable and are shared instead of copied.</summary>
    public virtual bool IsShallow => false;

    /// <exception cref="Orleans.Serialization.CodecNotFoundException">The value, or one in it, has a type that may not travel.</exception>
    public abstract object? CopyObject(object? value, CopyContext context);
}

/// <inheritdoc/>
internal abstract class Copier<T> : Copier
{
    /// <exception cref="Orleans.Serialization.CodecNotFoundException">The value, or one in it, has a type that may not travel.</exception>
    public abstract T Copy(T value, CopyContext context);

    public T CopyRoot(T value)
    {
        var context = CopyContext.Rent();
        var copy = Copy(value, context);
        context.Return();
        return copy;
    }

    public sealed override object? CopyObject(object? value, CopyContext context) => value is null ? null : Copy((T)value, context);
}

/// <summary>Shares the value.</summary>
internal sealed class ShallowCopier<T> : Copier<T>
{
    public override bool IsShallow => true;

    public override T Copy(T value, CopyContext context) => value;
}
