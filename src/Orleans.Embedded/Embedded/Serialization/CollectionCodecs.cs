using System.Collections.Immutable;

namespace Orleans.Embedded.Serialization;

/// <summary>The codecs of generic types: the codecs of their arguments, in turn, are what they are made of.</summary>
internal static class CollectionCodecs
{
    public static IReadOnlyDictionary<Type, Type> ByDefinition { get; } = new Dictionary<Type, Type>
    {
        [typeof(List<>)] = typeof(ListCodec<>),
        [typeof(HashSet<>)] = typeof(HashSetCodec<>),
        [typeof(Dictionary<,>)] = typeof(DictionaryCodec<,>),
        [typeof(ImmutableArray<>)] = typeof(ImmutableArrayCodec<>),
        [typeof(ImmutableList<>)] = typeof(ImmutableListCodec<>),
        [typeof(ImmutableHashSet<>)] = typeof(ImmutableHashSetCodec<>),
        [typeof(ImmutableDictionary<,>)] = typeof(ImmutableDictionaryCodec<,>),
        [typeof(ImmutableSortedDictionary<,>)] = typeof(ImmutableSortedDictionaryCodec<,>),
        [typeof(Nullable<>)] = typeof(NullableCodec<>),
    };
}
