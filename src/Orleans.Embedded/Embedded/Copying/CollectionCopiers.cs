using System.Collections.Immutable;

namespace Orleans.Embedded.Copying;

internal sealed class ArrayCopier<T>(Copier<T> element) : Copier<T[]>
{
    public override T[] Copy(T[] value, CopyContext context)
    {
        if (value is null || value.Length == 0)
        {
            return value!;
        }

        if (context.TryGetCopy(value, out var known))
        {
            return known;
        }

        var copy = new T[value.Length];
        context.Record(value, copy);
        if (element.IsShallow)
        {
            Array.Copy(value, copy, copy.Length);
            return copy;
        }

        for (var i = 0; i < copy.Length; i++)
        {
            copy[i] = element.Copy(value[i], context);
        }

        return copy;
    }
}

internal sealed class ListCopier<T>(Copier<T> element) : Copier<List<T>>
{
    public override List<T> Copy(List<T> value, CopyContext context)
    {
        if (value is null)
        {
            return value!;
        }

        if (context.TryGetCopy(value, out var known))
        {
            return known;
        }

        var copy = element.IsShallow ? new List<T>(value) : new List<T>(value.Count);
        context.Record(value, copy);
        if (!element.IsShallow)
        {
            foreach (var item in value)
            {
                copy.Add(element.Copy(item, context));
            }
        }

        return copy;
    }
}

internal sealed class HashSetCopier<T>(Copier<T> element) : Copier<HashSet<T>>
{
    public override HashSet<T> Copy(HashSet<T> value, CopyContext context)
    {
        if (value is null)
        {
            return value!;
        }

        if (context.TryGetCopy(value, out var known))
        {
            return known;
        }

        var copy = element.IsShallow ? new HashSet<T>(value, value.Comparer) : new HashSet<T>(value.Count, value.Comparer);
        context.Record(value, copy);
        if (!element.IsShallow)
        {
            foreach (var item in value)
            {
                copy.Add(element.Copy(item, context));
            }
        }

        return copy;
    }
}

internal sealed class DictionaryCopier<TKey, TValue>(Copier<TKey> key, Copier<TValue> element) : Copier<Dictionary<TKey, TValue>>
    where TKey : notnull
{
    public override Dictionary<TKey, TValue> Copy(Dictionary<TKey, TValue> value, CopyContext context)
    {
        if (value is null)
        {
            return value!;
        }

        if (context.TryGetCopy(value, out var known))
        {
            return known;
        }

        var copy = new Dictionary<TKey, TValue>(value.Count, value.Comparer);
        context.Record(value, copy);
        foreach (var (name, item) in value)
        {
            copy.Add(key.Copy(name, context), element.Copy(item, context));
        }

        return copy;
    }
}

internal sealed class ImmutableArrayCopier<T>(Copier<T> element) : Copier<ImmutableArray<T>>
{
    public override ImmutableArray<T> Copy(ImmutableArray<T> value, CopyContext context) => value.IsDefaultOrEmpty
        ? value
        : ImmutableArray.CreateRange(value, (item, to) => element.Copy(item, to), context);
}

internal sealed class ImmutableListCopier<T>(Copier<T> element) : Copier<ImmutableList<T>>
{
    public override ImmutableList<T> Copy(ImmutableList<T> value, CopyContext context) =>
        value?.ConvertAll(item => element.Copy(item, context))!;
}

internal sealed class ImmutableHashSetCopier<T>(Copier<T> element) : Copier<ImmutableHashSet<T>>
{
    public override ImmutableHashSet<T> Copy(ImmutableHashSet<T> value, CopyContext context) =>
        value is null ? value! : ImmutableHashSet.CreateRange(value.KeyComparer, value.Select(item => element.Copy(item, context)));
}

internal sealed class ImmutableDictionaryCopier<TKey, TValue>(Copier<TKey> key, Copier<TValue> element) : Copier<ImmutableDictionary<TKey, TValue>>
    where TKey : notnull
{
    public override ImmutableDictionary<TKey, TValue> Copy(ImmutableDictionary<TKey, TValue> value, CopyContext context) => value is null
        ? value!
        : ImmutableDictionary.CreateRange(
            value.KeyComparer,
            value.ValueComparer,
            value.Select(pair => KeyValuePair.Create(key.Copy(pair.Key, context), element.Copy(pair.Value, context))));
}

internal sealed class ImmutableSortedDictionaryCopier<TKey, TValue>(Copier<TKey> key, Copier<TValue> element)
    : Copier<ImmutableSortedDictionary<TKey, TValue>>
    where TKey : notnull
{
    public override ImmutableSortedDictionary<TKey, TValue> Copy(ImmutableSortedDictionary<TKey, TValue> value, CopyContext context) => value is null
        ? value!
        : ImmutableSortedDictionary.CreateRange(
            value.KeyComparer,
            value.ValueComparer,
            value.Select(pair => KeyValuePair.Create(key.Copy(pair.Key, context), element.Copy(pair.Value, context))));
}
