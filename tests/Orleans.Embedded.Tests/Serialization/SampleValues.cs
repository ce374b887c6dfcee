using System.Collections;
using System.Reflection;
using System.Runtime.CompilerServices;
using Orleans.Embedded.Copying;

namespace Orleans.Embedded.Tests.Serialization;

/// <summary>Makes values of any type of which messages consist, with every member set, the same ones for the same seed.</summary>
internal sealed class SampleValues(int seed)
{
    private readonly Random _random = new(seed);

    public static object? Get(MemberInfo member, object owner) =>
        member is FieldInfo field ? field.GetValue(owner) : ((PropertyInfo)member).GetValue(owner);

    public object? Make(Type type, int depth)
    {
        if (Nullable.GetUnderlyingType(type) is { } inner)
        {
            return Make(inner, depth);
        }

        if (MakePlain(type) is { } plain)
        {
            return plain;
        }

        if (type.IsArray)
        {
            var array = Array.CreateInstance(type.GetElementType()!, 2);
            array.SetValue(Make(type.GetElementType()!, depth + 1), 0);
            array.SetValue(Make(type.GetElementType()!, depth + 1), 1);
            return array;
        }

        return type.IsGenericType && typeof(IEnumerable).IsAssignableFrom(type) ? MakeCollection(type, depth) : MakeObject(type, depth);
    }

    private object? MakePlain(Type type)
    {
        var number = _random.Next(1, 100);
        return type switch
        {
            _ when type == typeof(string) => $"text {number}",
            _ when type == typeof(bool) => true,
            _ when type == typeof(Guid) => new Guid(number, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10),
            _ when type == typeof(ReadOnlyMemory<byte>) => (ReadOnlyMemory<byte>)new byte[number * 100],
            _ when type.IsEnum => Enum.GetValues(type).GetValue(number % Enum.GetValues(type).Length),
            _ when type.IsPrimitive => Convert.ChangeType(number, type),
            _ => null,
        };
    }

    private object MakeCollection(Type type, int depth)
    {
        var arguments = type.GenericTypeArguments;
        if (arguments.Length == 1)
        {
            return Make(arguments[0].MakeArrayType(), depth)!;
        }

        var map = (IDictionary)Activator.CreateInstance(typeof(Dictionary<,>).MakeGenericType(arguments))!;
        map[Make(arguments[0], depth + 1)!] = Make(arguments[1], depth + 1);
        if (type.IsInterface)
        {
            return map;
        }

        // Immutable maps of all kinds are made by a method of this name beside them.
        return type.Assembly.GetType(type.FullName!.Split('`')[0])!.GetMethods()
            .First(method => method.Name == "CreateRange" && method.GetParameters().Length == 1)
            .MakeGenericMethod(arguments)
            .Invoke(null, [map])!;
    }

    private object? MakeObject(Type type, int depth)
    {
        if (depth > 6)
        {
            return null;
        }

        var value = RuntimeHelpers.GetUninitializedObject(type);
        MemberInfo[] members = SerializedMembers.AreDeclaredBy(type)
            ? [.. SerializedMembers.Of(type)]
            : type.GetFields(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic);
        foreach (var member in members)
        {
            if (member is FieldInfo field)
            {
                field.SetValue(value, Make(field.FieldType, depth + 1));
            }
            else if (member is PropertyInfo property)
            {
                property.SetValue(value, Make(property.PropertyType, depth + 1));
            }
        }

        return value;
    }
}
