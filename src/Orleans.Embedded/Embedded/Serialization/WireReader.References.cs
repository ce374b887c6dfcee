
namespace Orleans.Embedded.Serialization;

/// <summary>
/// Objects and type names met before in the message, by position. An object whose first appearance was stepped over, inside a
/// member that this version does not know, is read when it is first referred to.
/// </summary>
internal sealed partial class WireReader
{
    private int[] _positions = new int[16];
    private object?[] _objects = new object?[16];
    private int _known;
    private int _rereadable;

    /// <summary>The index in the buffer of the next byte: names the object whose header starts there.</summary>
    public int Position => _position;

    /// <summary>Remembers an object, before its contents are read.</summary>
    /// <param name="position">Of its header.</param>
    public void Remember(int position, object value)
    {
        if (_known == _positions.Length)
        {
            Array.Resize(ref _positions, 2 * _known);
            Array.Resize(ref _objects, 2 * _known);
        }

        // Positions ascend, except after something that was stepped over was read after all.
        var at = _known++;
        for (; at > 0 && _positions[at - 1] > position; at--)
        {
            _positions[at] = _positions[at - 1];
            _objects[at] = _objects[at - 1];
        }

        _positions[at] = position;
        _objects[at] = value;
    }

    /// <summary>The object that a reference means, or null when it was stepped over: then <see cref="Reread"/> reads it.</summary>
    /// <param name="position">Of the reference's header.</param>
    /// <param name="distance">From the reference's header to the object's.</param>
    public object? FindReferred(int position, int distance)
    {
        var index = Array.BinarySearch(_positions, 0, _known, position - distance);
        return index >= 0 ? _objects[index] : null;
    }

    /// <summary>Reads what was stepped over. Costs no more, over the whole message, than reading it once again.</summary>
    public T Reread<T>(WireCodec<T> codec, int position, int distance)
    {
        var target = position - distance;
        if (distance <= 0 || target < _start)
        {
            throw Malformed("a reference to nothing");
        }

        Enter();
        var back = _position;
        _position = target;
        var value = codec.Read(this);
        _rereadable -= _position - target;
        if (_position > position || _rereadable < 0)
        {
            throw Malformed("a reference to what is no object");
        }

        _position = back;
        Leave();
        return value;
    }

    /// <summary>The type's name in UTF-8, after a header of <see cref="NodeKind.Typed"/>; valid until the head is gone.</summary>
    /// <param name="position">Of the header.</param>
    /// <param name="distance">What the header says.</param>
    public ReadOnlySpan<byte> ReadTypeName(int position, int distance)
    {
        if (distance == 0)
        {
            return ReadRaw(ReadTypeNameLength());
        }

        var target = position - distance;
        if (target < _start)
        {
            throw Malformed("a reference to no name");
        }

        var back = _position;
        _position = target;
        var (kind, number) = ReadNodeHeader();
        if (kind != NodeKind.Typed || number != 0)
        {
            throw Malformed("a reference to no name");
        }

        var name = ReadRaw(ReadTypeNameLength());
        _position = back;
        return name;
    }

    private int ReadTypeNameLength()
    {
        var length = ReadVarUInt();
        return length <= WireLimits.TypeNameLength ? (int)length : throw Malformed($"a type name of {length} bytes");
    }

    private void ForgetReferences(int headLength)
    {
        _objects.AsSpan(0, _known).Clear();
        if (_objects.Length > WireLimits.LargestKept)
        {
            _positions = new int[16];
            _objects = new object?[16];
        }

        _known = 0;
        _rereadable = headLength;
    }
}
