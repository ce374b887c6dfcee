using System.Runtime.CompilerServices;

namespace Orleans.Embedded.Serialization;

/// <summary>Objects and type names met before in the message, so that each is written once.</summary>
internal sealed partial class WireWriter
{
    /// <summary>Up to this many objects a scan is faster than a table.</summary>
    private const int Scanned = 16;

    private readonly Dictionary<object, int> _more = new(ReferenceEqualityComparer.Instance);
    private readonly Known[] _first = new Known[Scanned];
    private int _known;

    /// <summary>Writes a node that refers to the object, if it was met before; else remembers that it is written here.</summary>
    public bool TryWriteReference(object value)
    {
        if (TryFind(value, out var position))
        {
            WriteNodeHeader(NodeKind.Reference, _length - position);
            return true;
        }

        Remember(value);
        return false;
    }

    /// <summary>Writes a node that refers to the object, if it was met before.</summary>
    public bool TryWriteKnownReference(object value)
    {
        var isKnown = TryFind(value, out var position);
        if (isKnown)
        {
            WriteNodeHeader(NodeKind.Reference, _length - position);
        }

        return isKnown;
    }

    /// <summary>Writes a blob that refers to the array, if it was met before; else remembers that it is written here.</summary>
    public bool TryWriteBlobReference(object value)
    {
        if (TryFind(value, out var position))
        {
            WriteBlobHeader(BlobKind.Reference, _length - position);
            return true;
        }

        Remember(value);
        return false;
    }

    /// <summary>Starts a value of the type with this name: the shape and the value are to follow.</summary>
    /// <param name="name">In UTF-8; the same array whenever it is the same name.</param>
    public void WriteTypeName(byte[] name)
    {
        if (TryFind(name, out var position))
        {
            WriteNodeHeader(NodeKind.Typed, _length - position);
            return;
        }

        Remember(name);
        WriteNodeHeader(NodeKind.Typed, 0);
        WriteVarUInt((ulong)name.Length);
        WriteRaw(name);
    }

    private bool TryFind(object value, out int position)
    {
        var scanned = Math.Min(_known, Scanned);
        for (var i = 0; i < scanned; i++)
        {
            if (ReferenceEquals(_first[i].Value, value))
            {
                position = _first[i].Position;
                return true;
            }
        }

        position = 0;
        return _known > Scanned && _more.TryGetValue(value, out position);
    }

    private void Remember(object value)
    {
        if (_known < Scanned)
        {
            _first[_known] = new Known { Value = value, Position = _length };
        }
        else
        {
            _more.Add(value, _length);
        }

        _known++;
    }

    private void ForgetReferences()
    {
        if (_known > Scanned)
        {
            _more.Clear();
            if (_known > WireLimits.LargestKept)
            {
                _more.TrimExcess();
            }
        }

        _first.AsSpan(0, Math.Min(_known, Scanned)).Clear();
        _known = 0;
    }

    private struct Known
    {
        public object Value;
        public int Position;
    }
}
