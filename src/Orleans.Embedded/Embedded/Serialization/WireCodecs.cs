using System.Collections.Concurrent;
using System.Reflection;
using System.Runtime.CompilerServices;
using Orleans.Embedded.Copying;
using Orleans.Runtime;
using Orleans.Serialization;

namespace Orleans.Embedded.Serialization;

/// <summary>The codecs of one silo or client, made when first needed. Any thread.</summary>
internal sealed class WireCodecs
{
    private readonly IReadOnlyDictionary<Type, Type> _converters;
    private readonly TypeNames _names;
    private readonly Func<Type, GrainId, IAddressable> _reference;
    private readonly ConcurrentDictionary<Type, WireCodec> _declared = new();
    private readonly ConcurrentDictionary<Type, WireCodec> _exact = new();
    private readonly ConcurrentDictionary<Type, NamedCodec> _runtime = new();
    private readonly ConcurrentDictionary<byte[], WireCodec> _byName = new(BytesComparer.Instance);
    private WireCodec? _grains;

    /// <param name="converters">Closed and open converter types by the type that they convert.</param>
    /// <param name="names">The types that may be named.</param>
    /// <param name="reference">Makes a reference to a grain through an interface.</param>
    public WireCodecs(IReadOnlyDictionary<Type, Type> converters, TypeNames names, Func<Type, GrainId, IAddressable> reference)
    {
        _converters = converters;
        _names = names;
        _reference = reference;
        Exceptions = new ExceptionTypes(this, names);
    }

    /// <summary>A codec and the name that tells a reader to use it; null for values that say themselves what they are.</summary>
    public readonly record struct NamedCodec(WireCodec Codec, byte[]? Name);

    public ExceptionTypes Exceptions { get; }

    /// <summary>For grains and references as whatever interface they come.</summary>
    public WireCodec Grains => _grains ??= For(typeof(IAddressable));

    public WireCodec<T> For<T>() => (WireCodec<T>)For(typeof(T));

    /// <summary>For values declared as this type, which may be of a derived one.</summary>
    public WireCodec For(Type type)
    {
        if (_declared.TryGetValue(type, out var known))
        {
            return known;
        }

        var mayBeDerived = !type.IsValueType && !type.IsSealed && !ShallowTypes.Contains(type);
        var codec = typeof(IAddressable).IsAssignableFrom(type) ? Make(typeof(GrainReferenceCodec<>), [type], _names, _reference)
            : mayBeDerived ? Make(typeof(DynamicCodec<>), [type], this)
            : ForExactly(type);
        return _declared.GetOrAdd(type, codec);
    }

    /// <summary>For values of exactly this type.</summary>
    public WireCodec ForExactly(Type type) => _exact.TryGetValue(type, out var known) ? known : _exact.GetOrAdd(type, Create(type));

    /// <summary>For a value of this runtime type, wherever it was found.</summary>
    /// <exception cref="CodecNotFoundException">Such values may not travel under a name.</exception>
    public NamedCodec ForRuntime(Type type) => _runtime.TryGetValue(type, out var known) ? known : _runtime.GetOrAdd(type, FindRuntime(type));

    /// <exception cref="SerializerException">No type that may travel has this name.</exception>
    public WireCodec ForName(ReadOnlySpan<byte> name)
    {
        var lookup = _byName.GetAlternateLookup<ReadOnlySpan<byte>>();
        if (lookup.TryGetValue(name, out var known))
        {
            return known;
        }

        // Types once made stay for ever: a peer must not make them without end.
        var type = _names.Find(name);
        if (_byName.Count >= WireLimits.TypeNames)
        {
            throw new SerializerException($"More than {WireLimits.TypeNames} types were named.");
        }

        return _byName.GetOrAdd(name.ToArray(), typeof(IAddressable).IsAssignableFrom(type) ? For(type) : ForExactly(type));
    }

    private static WireCodec Make(Type generic, Type[] arguments, params object[] parameters) =>
        (WireCodec)Activator.CreateInstance(generic.MakeGenericType(arguments), parameters)!;

    private NamedCodec FindRuntime(Type type)
    {
        if (typeof(IAddressable).IsAssignableFrom(type))
        {
            return new(Grains, null);
        }

        var named = BuiltInCodecs.PublicBaseOf(type);
        var codec = ForExactly(named);
        return codec.GetType() is { IsGenericType: true } made && made.GetGenericTypeDefinition() == typeof(UnknownCodec<>)
            ? throw new CodecNotFoundException($"Could not find a codec for type {type}. Mark it with [GenerateSerializer] and its members with [Id].")
            : new(codec, _names.NameOf(named));
    }

    private WireCodec Create(Type type)
    {
        if (BuiltInCodecs.Find(type, this, _names) is { } builtIn)
        {
            return builtIn;
        }

        if (FindConverter(type) is { } converter)
        {
            return Surrogate(type, converter);
        }

        if (type.IsSZArray)
        {
            var element = type.GetElementType()!;
            return Make(typeof(ArrayCodec<>), [element], For(element));
        }

        if (type.IsConstructedGenericType && CollectionCodecs.ByDefinition.TryGetValue(type.GetGenericTypeDefinition(), out var generic))
        {
            return Make(generic, type.GenericTypeArguments, [.. type.GenericTypeArguments.Select(For)]);
        }

        if (SerializedMembers.AreDeclaredBy(type) || type == typeof(object))
        {
            return Make(typeof(MemberCodec<>), [type], this, SerializedMembers.Numbered(type));
        }

        return IsPlainTuple(type)
            ? Make(typeof(MemberCodec<>), [type], this, FieldsOf(type))
            : Make(typeof(UnknownCodec<>), [type]);
    }

    private static bool IsPlainTuple(Type type) =>
        typeof(ITuple).IsAssignableFrom(type)
        || (type.IsConstructedGenericType && type.GetGenericTypeDefinition() == typeof(KeyValuePair<,>));

    private static SerializedMember[] FieldsOf(Type type) =>
    [
        .. type.GetFields(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic)
            .Select((field, place) => new SerializedMember(field, 0, (uint)place)),
    ];

    private Type? FindConverter(Type type)
    {
        if (_converters.TryGetValue(type, out var converter))
        {
            return converter;
        }

        return type.IsConstructedGenericType && _converters.TryGetValue(type.GetGenericTypeDefinition(), out var open)
            ? open.MakeGenericType(type.GenericTypeArguments)
            : null;
    }

    private WireCodec Surrogate(Type type, Type converter)
    {
        var surrogate = converter.GetInterfaces()
            .First(implemented => implemented.IsGenericType
                && implemented.GetGenericTypeDefinition() == typeof(IConverter<,>)
                && implemented.GenericTypeArguments[0] == type)
            .GenericTypeArguments[1];
        var codec = For(surrogate);
        return codec.Shape == WireShape.Node
            ? Make(typeof(SurrogateCodec<,>), [type, surrogate], Activator.CreateInstance(converter)!, codec)
            : throw new CodecNotFoundException($"The surrogate {surrogate} of {type} has no members.");
    }
}
