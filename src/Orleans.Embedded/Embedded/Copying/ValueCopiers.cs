namespace Orleans.Embedded.Copying;

internal sealed class NullableCopier<T>(Copier<T> element) : Copier<T?>
    where T : struct
{
    public override T? Copy(T? value, CopyContext context) => value is { } present ? element.Copy(present, context) : null;
}

internal sealed class ReadOnlyMemoryCopier<T>(Copier<T> element) : Copier<ReadOnlyMemory<T>>
{
    public override ReadOnlyMemory<T> Copy(ReadOnlyMemory<T> value, CopyContext context)
    {
        var copy = value.ToArray();
        for (var i = 0; !element.IsShallow && i < copy.Length; i++)
        {
            copy[i] = element.Copy(copy[i], context);
        }

        return copy;
    }
}

/// <summary>Copies through the surrogate that the type's converter makes.</summary>
internal sealed class SurrogateCopier<T, TSurrogate>(IConverter<T, TSurrogate> converter, Copier<TSurrogate> surrogate) : Copier<T>
    where TSurrogate : struct
{
    public override T Copy(T value, CopyContext context) =>
        value is null ? value : converter.ConvertFromSurrogate(surrogate.Copy(converter.ConvertToSurrogate(value), context));
}
