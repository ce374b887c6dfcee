using System.Collections.Immutable;
using System.Globalization;
using System.Net;
using System.Reflection;
using Orleans.Embedded.Calls;
using Orleans.Runtime;

namespace Orleans.Embedded.Copying;

/// <summary>Types whose values cannot change, or promise not to: they are shared instead of copied.</summary>
internal static class ShallowTypes
{
    private static readonly HashSet<Type> _known =
    [
        typeof(string), typeof(decimal), typeof(DateTime), typeof(DateOnly), typeof(TimeOnly), typeof(DateTimeOffset),
        typeof(TimeSpan), typeof(Guid), typeof(Uri), typeof(Version), typeof(IPAddress), typeof(IPEndPoint),
        typeof(CancellationToken), typeof(CultureInfo), typeof(Half), typeof(Int128), typeof(UInt128),
        typeof(System.Numerics.BigInteger), typeof(Nothing),
    ];

    private static readonly HashSet<Type> _immutableCollections =
    [
        typeof(ImmutableArray<>), typeof(ImmutableList<>), typeof(ImmutableHashSet<>), typeof(ImmutableDictionary<,>),
        typeof(ImmutableSortedDictionary<,>), typeof(Tuple<>), typeof(Tuple<,>), typeof(Tuple<,,>), typeof(Tuple<,,,>),
    ];

    public static bool Contains(Type type)
    {
        if (type.IsPrimitive || type.IsEnum || _known.Contains(type)
            || typeof(Exception).IsAssignableFrom(type)
            || typeof(Type).IsAssignableFrom(type)
            || typeof(GrainReference).IsAssignableFrom(type))
        {
            return true;
        }

        if (type.IsSealed && type.IsDefined(typeof(ImmutableAttribute), inherit: false))
        {
            return true;
        }

        if (type.IsConstructedGenericType && _immutableCollections.Contains(type.GetGenericTypeDefinition()))
        {
            return type.GenericTypeArguments.All(Contains);
        }

        return type.IsValueType
            && !type.IsGenericTypeDefinition
            && type.GetFields(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic).All(field => Contains(field.FieldType));
    }
}
