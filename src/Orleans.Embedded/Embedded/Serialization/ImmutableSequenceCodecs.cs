using System.Collections.Immutable;
using System.Runtime.InteropServices;

namespace Orleans.Embedded.Serialization;

// Immutable collections exist only when their contents do, so they have no identity within a message.

internal sealed class ImmutableArrayCodec<T>(WireCodec<T> element) : SequenceCodec<ImmutableArray<T>, T>(element)
{
    public override bool IsDefault(ImmutableArray<T> value) => value.IsDefault;

    protected override bool IsNothing(ImmutableArray<T> value) => value.IsDefault;

    protected override int CountOf(ImmutableArray<T> value) => value.Length;

    protected override void WriteElements(WireWriter output, ImmutableArray<T> value)
    {
        foreach (var item in value)
        {
            Element.Write(output, item);
        }
    }

    protected override ImmutableArray<T> ReadElements(WireReader input, int count, int comparer, int position)
    {
        var array = new T[count];
        for (var i = 0; i < array.Length; i++)
        {
            array[i] = Element.Read(input);
        }

        return ImmutableCollectionsMarshal.AsImmutableArray(array);
    }
}

internal sealed class ImmutableListCodec<T>(WireCodec<T> element) : SequenceCodec<ImmutableList<T>, T>(element)
{
    protected override int CountOf(ImmutableList<T> value) => value.Count;

    protected override void WriteElements(WireWriter output, ImmutableList<T> value)
    {
        foreach (var item in value)
        {
            Element.Write(output, item);
        }
    }

    protected override ImmutableList<T> ReadElements(WireReader input, int count, int comparer, int position)
    {
        var items = ImmutableList.CreateBuilder<T>();
        for (var i = 0; i < count; i++)
        {
            items.Add(Element.Read(input));
        }

        return items.ToImmutable();
    }
}

internal sealed class ImmutableHashSetCodec<T>(WireCodec<T> element) : SequenceCodec<ImmutableHashSet<T>, T>(element)
{
    protected override int CountOf(ImmutableHashSet<T> value) => value.Count;

    protected override byte ComparerOf(ImmutableHashSet<T> value) => WireComparers.NumberOf(value.KeyComparer);

    protected override void WriteElements(WireWriter output, ImmutableHashSet<T> value)
    {
        foreach (var item in value)
        {
            Element.Write(output, item);
        }
    }

    protected override ImmutableHashSet<T> ReadElements(WireReader input, int count, int comparer, int position)
    {
        var items = ImmutableHashSet.CreateBuilder(WireComparers.EqualityOf<T>(input, comparer));
        for (var i = 0; i < count; i++)
        {
            items.Add(Element.Read(input));
        }

        return items.ToImmutable();
    }
}
