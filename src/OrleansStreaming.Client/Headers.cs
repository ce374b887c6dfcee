using System.Collections;
using System.Text;
using OrleansStreaming.Records.Batches;

namespace OrleansStreaming.Client;

/// <summary>The headers of a record, in order; names may repeat. For one thread at a time.</summary>
public sealed class Headers : IReadOnlyList<RecordHeader>
{
    private readonly List<RecordHeader> _headers = [];
    private bool _isReadOnly;

    /// <summary>No headers; never changed.</summary>
    internal static Headers Empty { get; } = new Headers().Freeze();

    /// <inheritdoc/>
    public int Count => _headers.Count;

    /// <inheritdoc/>
    public RecordHeader this[int index] => _headers[index];

    internal ReadOnlySpan<RecordHeader> Span => System.Runtime.InteropServices.CollectionsMarshal.AsSpan(_headers);

    /// <summary>Adds a header; null is a header without a value.</summary>
    /// <exception cref="InvalidOperationException">These are the headers of a consumed record.</exception>
    public void Add(string name, ReadOnlyMemory<byte>? value)
    {
        ArgumentNullException.ThrowIfNull(name);
        if (_isReadOnly)
        {
            throw new InvalidOperationException("The headers of a consumed record do not change: copy them into new ones.");
        }

        _headers.Add(new RecordHeader(name, value));
    }

    /// <summary>Adds a header with a text in UTF-8.</summary>
    public void Add(string name, string value)
    {
        ArgumentNullException.ThrowIfNull(value);
        Add(name, Encoding.UTF8.GetBytes(value));
    }

    /// <summary>The value of the last header of that name; false when there is none, or it has no value.</summary>
    public bool TryGet(string name, out ReadOnlyMemory<byte> value)
    {
        for (var i = _headers.Count - 1; i >= 0; i--)
        {
            if (_headers[i].Key == name)
            {
                value = _headers[i].Value ?? default;
                return _headers[i].Value is not null;
            }
        }

        value = default;
        return false;
    }

    /// <summary>The value of the last header of that name as UTF-8; null when there is none, or it has no value.</summary>
    public string? GetString(string name) => TryGet(name, out var value) ? Encoding.UTF8.GetString(value.Span) : null;

    /// <summary>From here on nothing is added.</summary>
    internal Headers Freeze()
    {
        _isReadOnly = true;
        return this;
    }

    /// <inheritdoc/>
    public IEnumerator<RecordHeader> GetEnumerator() => _headers.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
