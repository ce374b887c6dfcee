using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Reflection;
using System.Runtime.CompilerServices;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Embedded.Typing;
using Orleans.Runtime;

namespace Orleans.Embedded.Copying;

/// <summary>The copiers of one silo, made when first needed. Any thread.</summary>
/// <param name="converters">Closed converter types by the type that they convert.</param>
internal sealed class Copiers(IReadOnlyDictionary<Type, Type> converters)
{
    private static readonly Dictionary<Type, Type> _generic = new()
    {
        [typeof(List<>)] = typeof(ListCopier<>),
        [typeof(HashSet<>)] = typeof(HashSetCopier<>),
        [typeof(Dictionary<,>)] = typeof(DictionaryCopier<,>),
        [typeof(ImmutableArray<>)] = typeof(ImmutableArrayCopier<>),
        [typeof(ImmutableList<>)] = typeof(ImmutableListCopier<>),
        [typeof(ImmutableHashSet<>)] = typeof(ImmutableHashSetCopier<>),
        [typeof(ImmutableDictionary<,>)] = typeof(ImmutableDictionaryCopier<,>),
        [typeof(ImmutableSortedDictionary<,>)] = typeof(ImmutableSortedDictionaryCopier<,>),
        [typeof(Nullable<>)] = typeof(NullableCopier<>),
        [typeof(ReadOnlyMemory<>)] = typeof(ReadOnlyMemoryCopier<>),
    };

    private readonly ConcurrentDictionary<Type, Copier> _declared = new();
    private readonly ConcurrentDictionary<Type, Copier> _exact = new();

    /// <summary>With the converters that the application's assemblies have.</summary>
    public static Copiers OfApplication(IServiceProvider services) => new(
        services.GetRequiredService<IReadOnlyList<AssemblyTypes>>()
            .SelectMany(types => types.Converters)
            .ToDictionary(entry => entry.Value, entry => entry.Converter));

    public Copier<T> For<T>() => (Copier<T>)For(typeof(T));

    /// <summary>For values declared as this type, which may be of a derived one.</summary>
    public Copier For(Type type)
    {
        if (_declared.TryGetValue(type, out var known))
        {
            return known;
        }

        var mayBeDerived = !type.IsValueType && !type.IsSealed && !ShallowTypes.Contains(type);
        var copier = typeof(IAddressable).IsAssignableFrom(type) && type.IsInterface ? Make(typeof(AddressableCopier<>), [type])
            : mayBeDerived ? Make(typeof(DynamicCopier<>), [type], this)
            : ForExactly(type);
        return _declared.GetOrAdd(type, copier);
    }

    /// <summary>For values of exactly this type.</summary>
    public Copier ForExactly(Type type) => _exact.TryGetValue(type, out var known) ? known : _exact.GetOrAdd(type, Create(type));

    private Copier Create(Type type)
    {
        if (ShallowTypes.Contains(type) || type.IsDefined(typeof(ImmutableAttribute), inherit: false) || type == typeof(object))
        {
            return Make(typeof(ShallowCopier<>), [type]);
        }

        if (FindConverter(type) is { } converter)
        {
            return Surrogate(type, converter);
        }

        if (type.IsSZArray)
        {
            var element = type.GetElementType()!;
            return Make(typeof(ArrayCopier<>), [element], For(element));
        }

        if (type.IsConstructedGenericType && _generic.TryGetValue(type.GetGenericTypeDefinition(), out var generic))
        {
            return Make(generic, type.GenericTypeArguments, [.. type.GenericTypeArguments.Select(For)]);
        }

        if (SerializedMembers.AreDeclaredBy(type))
        {
            return Make(typeof(MemberCopier<>), [type], this, SerializedMembers.Of(type));
        }

        return IsPlainTuple(type)
            ? Make(typeof(MemberCopier<>), [type], this, type.GetFields(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic))
            : Make(typeof(UnknownCopier<>), [type]);
    }

    /// <summary>Tuples and pairs consist of their fields, whatever the compiler calls them.</summary>
    private static bool IsPlainTuple(Type type) =>
        typeof(ITuple).IsAssignableFrom(type)
        || (type.IsConstructedGenericType && type.GetGenericTypeDefinition() == typeof(KeyValuePair<,>));

    private static Copier Make(Type generic, Type[] arguments, params object[] parameters) =>
        (Copier)Activator.CreateInstance(generic.MakeGenericType(arguments), parameters)!;

    private Type? FindConverter(Type type)
    {
        if (converters.TryGetValue(type, out var converter))
        {
            return converter;
        }

        return type.IsConstructedGenericType && converters.TryGetValue(type.GetGenericTypeDefinition(), out var open)
            ? open.MakeGenericType(type.GenericTypeArguments)
            : null;
    }

    private Copier Surrogate(Type type, Type converter)
    {
        var surrogate = converter.GetInterfaces()
            .First(implemented => implemented.IsGenericType
                && implemented.GetGenericTypeDefinition() == typeof(IConverter<,>)
                && implemented.GenericTypeArguments[0] == type)
            .GenericTypeArguments[1];
        return Make(typeof(SurrogateCopier<,>), [type, surrogate], Activator.CreateInstance(converter)!, For(surrogate));
    }
}
