using System.Runtime.InteropServices;

namespace Orleans.Embedded.Serialization;

internal sealed class ArrayCodec<T>(WireCodec<T> element) : SequenceCodec<T[], T>(element)
{
    public override bool IsTracked => true;

    protected override int CountOf(T[] value) => value.Length;

    protected override void WriteElements(WireWriter output, T[] value)
    {
        foreach (var item in value)
        {
            Element.Write(output, item);
        }
    }

    protected override T[] ReadElements(WireReader input, int count, int comparer, int position)
    {
        var array = new T[count];
        input.Remember(position, array);
        for (var i = 0; i < array.Length; i++)
        {
            array[i] = Element.Read(input);
        }

        return array;
    }
}

internal sealed class ListCodec<T>(WireCodec<T> element) : SequenceCodec<List<T>, T>(element)
{
    public override bool IsTracked => true;

    protected override int CountOf(List<T> value) => value.Count;

    protected override void WriteElements(WireWriter output, List<T> value)
    {
        foreach (var item in CollectionsMarshal.AsSpan(value))
        {
            Element.Write(output, item);
        }
    }

    protected override List<T> ReadElements(WireReader input, int count, int comparer, int position)
    {
        var list = new List<T>(CapacityFor(count));
        input.Remember(position, list);
        for (var i = 0; i < count; i++)
        {
            list.Add(Element.Read(input));
        }

        return list;
    }
}

internal sealed class HashSetCodec<T>(WireCodec<T> element) : SequenceCodec<HashSet<T>, T>(element)
{
    public override bool IsTracked => true;

    protected override int CountOf(HashSet<T> value) => value.Count;

    protected override byte ComparerOf(HashSet<T> value) => WireComparers.NumberOf(value.Comparer);

    protected override void WriteElements(WireWriter output, HashSet<T> value)
    {
        foreach (var item in value)
        {
            Element.Write(output, item);
        }
    }

    protected override HashSet<T> ReadElements(WireReader input, int count, int comparer, int position)
    {
        var set = new HashSet<T>(CapacityFor(count), WireComparers.EqualityOf<T>(input, comparer));
        input.Remember(position, set);
        for (var i = 0; i < count; i++)
        {
            set.Add(Element.Read(input));
        }

        return set;
    }
}
