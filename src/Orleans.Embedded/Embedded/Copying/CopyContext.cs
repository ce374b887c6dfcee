using System.Diagnostics.CodeAnalysis;

namespace Orleans.Embedded.Copying;

/// <summary>
/// The copies made so far of one graph of objects, so that an object met twice is copied once and cycles end. One thread.
/// </summary>
internal sealed class CopyContext
{
    /// <summary>Above this a rented context is not kept, so that one large graph does not hold its memory for ever.</summary>
    private const int LargestKept = 1024;

    [ThreadStatic]
    private static CopyContext? _spare;

    private readonly Dictionary<object, object> _copies = new(ReferenceEqualityComparer.Instance);

    public static CopyContext Rent()
    {
        var context = _spare ?? new CopyContext();
        _spare = null;
        return context;
    }

    /// <summary>Gives the context back. A context lost to an exception is simply collected.</summary>
    public void Return()
    {
        if (_copies.Count <= LargestKept)
        {
            _copies.Clear();
            _spare = this;
        }
    }

    public bool TryGetCopy<T>(T original, [NotNullWhen(true)] out T? copy)
        where T : class
    {
        if (_copies.Count > 0 && _copies.TryGetValue(original, out var known))
        {
            copy = (T)known;
            return true;
        }

        copy = null;
        return false;
    }

    public void Record(object original, object copy) => _copies[original] = copy;
}
