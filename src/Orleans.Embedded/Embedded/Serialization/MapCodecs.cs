using System.Collections.Immutable;

namespace Orleans.Embedded.Serialization;

internal sealed class DictionaryCodec<TKey, TValue>(WireCodec<TKey> key, WireCodec<TValue> element)
    : MapCodec<Dictionary<TKey, TValue>, TKey, TValue>(key, element)
    where TKey : notnull
{
    public override bool IsTracked => true;

    protected override int CountOf(Dictionary<TKey, TValue> value) => value.Count;

    protected override byte ComparerOf(Dictionary<TKey, TValue> value) => WireComparers.NumberOf(value.Comparer);

    protected override void WriteEntries(WireWriter output, Dictionary<TKey, TValue> value)
    {
        // Over the class itself there is no enumerator to allocate.
        foreach (var (name, item) in value)
        {
            WriteEntry(output, name, item);
        }
    }

    protected override Dictionary<TKey, TValue> ReadEntries(WireReader input, int count, int comparer, int position)
    {
        var map = new Dictionary<TKey, TValue>(CapacityFor(count), WireComparers.EqualityOf<TKey>(input, comparer));
        input.Remember(position, map);
        for (var i = 0; i < count; i++)
        {
            map.Add(Key.Read(input), Element.Read(input));
        }

        return map;
    }
}

internal sealed class ImmutableDictionaryCodec<TKey, TValue>(WireCodec<TKey> key, WireCodec<TValue> element)
    : MapCodec<ImmutableDictionary<TKey, TValue>, TKey, TValue>(key, element)
    where TKey : notnull
{
    protected override int CountOf(ImmutableDictionary<TKey, TValue> value) => value.Count;

    protected override byte ComparerOf(ImmutableDictionary<TKey, TValue> value) => WireComparers.NumberOf(value.KeyComparer);

    protected override ImmutableDictionary<TKey, TValue> ReadEntries(WireReader input, int count, int comparer, int position)
    {
        var map = ImmutableDictionary.CreateBuilder<TKey, TValue>(WireComparers.EqualityOf<TKey>(input, comparer));
        for (var i = 0; i < count; i++)
        {
            map.Add(Key.Read(input), Element.Read(input));
        }

        return map.ToImmutable();
    }
}

internal sealed class ImmutableSortedDictionaryCodec<TKey, TValue>(WireCodec<TKey> key, WireCodec<TValue> element)
    : MapCodec<ImmutableSortedDictionary<TKey, TValue>, TKey, TValue>(key, element)
    where TKey : notnull
{
    protected override int CountOf(ImmutableSortedDictionary<TKey, TValue> value) => value.Count;

    protected override byte ComparerOf(ImmutableSortedDictionary<TKey, TValue> value) => WireComparers.NumberOf(value.KeyComparer);

    protected override ImmutableSortedDictionary<TKey, TValue> ReadEntries(WireReader input, int count, int comparer, int position)
    {
        var map = ImmutableSortedDictionary.CreateBuilder<TKey, TValue>(WireComparers.OrderOf<TKey>(input, comparer));
        for (var i = 0; i < count; i++)
        {
            map.Add(Key.Read(input), Element.Read(input));
        }

        return map.ToImmutable();
    }
}
