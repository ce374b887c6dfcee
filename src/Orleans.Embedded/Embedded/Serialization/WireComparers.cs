using Orleans.Serialization;

namespace Orleans.Embedded.Serialization;

/// <summary>The comparers that sets and dictionaries may have, as numbers: the default one, and those for text that have a name.</summary>
internal static class WireComparers
{
    private static readonly StringComparer?[] _named =
    [
        null, StringComparer.Ordinal, StringComparer.OrdinalIgnoreCase, StringComparer.InvariantCulture, StringComparer.InvariantCultureIgnoreCase,
    ];

    /// <exception cref="CodecNotFoundException">No comparer that the other side has.</exception>
    public static byte NumberOf<T>(IEqualityComparer<T>? comparer) =>
        comparer is null || comparer.Equals(EqualityComparer<T>.Default) ? (byte)0 : Named(comparer);

    /// <exception cref="CodecNotFoundException">No comparer that the other side has.</exception>
    public static byte NumberOf<T>(IComparer<T>? comparer) =>
        comparer is null || comparer.Equals(Comparer<T>.Default) ? (byte)0 : Named(comparer);

    /// <summary>Null for the default one.</summary>
    public static IEqualityComparer<T>? EqualityOf<T>(WireReader input, int number) =>
        number == 0 ? null : Find(input, number) as IEqualityComparer<T> ?? throw input.Malformed($"text compared where {typeof(T)} is");

    /// <summary>Null for the default one.</summary>
    public static IComparer<T>? OrderOf<T>(WireReader input, int number) =>
        number == 0 ? null : Find(input, number) as IComparer<T> ?? throw input.Malformed($"text compared where {typeof(T)} is");

    private static StringComparer? Find(WireReader input, int number) =>
        number < _named.Length ? _named[number] : throw input.Malformed($"no comparer {number}");

    private static byte Named(object comparer)
    {
        var number = Array.FindIndex(_named, known => known is not null && known.Equals(comparer));
        return number >= 0 ? (byte)number : throw new CodecNotFoundException($"The comparer {comparer.GetType()} may not travel.");
    }
}
