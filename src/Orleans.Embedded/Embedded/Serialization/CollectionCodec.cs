namespace Orleans.Embedded.Serialization;

/// <summary>What sequences and maps have in common: null, identity, and depth.</summary>
/// <param name="kind">The kind of node.</param>
internal abstract class CollectionCodec<T>(NodeKind kind) : WireCodec<T>
{
    public sealed override WireShape Shape => WireShape.Node;

    public sealed override void Write(WireWriter output, T value)
    {
        if (value is null || IsNothing(value))
        {
            output.WriteNodeHeader(NodeKind.Null, 0);
            return;
        }

        if (IsTracked && output.TryWriteReference(value))
        {
            return;
        }

        output.Enter();
        output.WriteNodeHeader(kind, CountOf(value));
        WriteContents(output, value);
        output.Leave();
    }

    public sealed override T Read(WireReader input)
    {
        var position = input.Position;
        var (actual, number) = input.ReadNodeHeader();
        if (actual == kind)
        {
            input.Enter();
            var value = ReadContents(input, number, position);
            input.Leave();
            return value;
        }

        return actual switch
        {
            NodeKind.Null => default!,
            NodeKind.Reference when IsTracked => input.FindReferred(position, number) switch
            {
                T known => known,
                null => input.Reread(this, position, number),
                _ => throw input.Malformed("a reference to something else"),
            },
            _ => throw input.Malformed($"{actual} where a {typeof(T)} belongs"),
        };
    }

    /// <summary>A value that stands for null.</summary>
    protected virtual bool IsNothing(T value) => false;

    protected abstract int CountOf(T value);

    protected abstract void WriteContents(WireWriter output, T value);

    /// <param name="count">Not checked yet.</param>
    /// <param name="position">Of the node: what is tracked is remembered by it before its contents are read.</param>
    protected abstract T ReadContents(WireReader input, int count, int position);

    /// <summary>The least number of bytes that a value takes.</summary>
    protected static int LeastSize(WireShape shape) => shape switch
    {
        WireShape.Fixed4 => 4,
        WireShape.Fixed8 => 8,
        WireShape.Fixed16 => 16,
        _ => 1,
    };

    /// <summary>Room for so many: large collections grow as they are read, since the count may lie.</summary>
    protected static int CapacityFor(int count) => Math.Min(count, 1024);
}

/// <summary>Elements one after the other.</summary>
internal abstract class SequenceCodec<T, TElement>(WireCodec<TElement> element) : CollectionCodec<T>(NodeKind.Sequence)
{
    protected WireCodec<TElement> Element { get; } = element;

    protected sealed override void WriteContents(WireWriter output, T value)
    {
        output.WriteByte((byte)((byte)Element.Shape | (ComparerOf(value) << 3)));
        WriteElements(output, value);
    }

    protected sealed override T ReadContents(WireReader input, int count, int position)
    {
        var head = input.ReadByte();
        input.Expect(Element.Shape, (WireShape)(head & 7));
        input.RequireElements(count, LeastSize(Element.Shape));
        return ReadElements(input, count, head >> 3, position);
    }

    protected virtual byte ComparerOf(T value) => 0;

    protected abstract void WriteElements(WireWriter output, T value);

    protected abstract T ReadElements(WireReader input, int count, int comparer, int position);
}

/// <summary>Keys and values in turn.</summary>
internal abstract class MapCodec<T, TKey, TValue>(WireCodec<TKey> key, WireCodec<TValue> element) : CollectionCodec<T>(NodeKind.Map)
    where T : IEnumerable<KeyValuePair<TKey, TValue>>
    where TKey : notnull
{
    protected WireCodec<TKey> Key { get; } = key;

    protected WireCodec<TValue> Element { get; } = element;

    protected sealed override void WriteContents(WireWriter output, T value)
    {
        output.WriteByte((byte)((byte)Key.Shape | ((byte)Element.Shape << 3)));
        output.WriteByte(ComparerOf(value));
        WriteEntries(output, value);
    }

    protected sealed override T ReadContents(WireReader input, int count, int position)
    {
        var shapes = input.ReadByte();
        input.Expect(Key.Shape, (WireShape)(shapes & 7));
        input.Expect(Element.Shape, (WireShape)(shapes >> 3));
        var comparer = input.ReadByte();
        input.RequireElements(count, LeastSize(Key.Shape) + LeastSize(Element.Shape));
        return ReadEntries(input, count, comparer, position);
    }

    protected abstract byte ComparerOf(T value);

    protected virtual void WriteEntries(WireWriter output, T value)
    {
        foreach (var (name, item) in value)
        {
            WriteEntry(output, name, item);
        }
    }

    protected abstract T ReadEntries(WireReader input, int count, int comparer, int position);

    protected void WriteEntry(WireWriter output, TKey name, TValue item)
    {
        Key.Write(output, name);
        Element.Write(output, item);
    }
}
