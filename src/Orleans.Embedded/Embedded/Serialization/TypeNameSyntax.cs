using Orleans.Serialization;

namespace Orleans.Embedded.Serialization;

/// <summary>
/// How names of types are put together: <c>name</c>, <c>name`2&lt;argument,argument&gt;</c>, <c>element[]</c>. Definitions have
/// names of their own that say nothing about assemblies.
/// </summary>
internal static class TypeNameSyntax
{
    /// <summary>Types within types that peers may name: deeper ones would be made by nobody but an attacker.</summary>
    private const int DeepestNesting = 8;

    /// <exception cref="CodecNotFoundException">A part of the type has no name.</exception>
    public static string Format(Type type, Func<Type, string?> nameOf)
    {
        if (type.IsSZArray)
        {
            return Format(type.GetElementType()!, nameOf) + "[]";
        }

        var name = nameOf(type.IsConstructedGenericType ? type.GetGenericTypeDefinition() : type)
            ?? throw new CodecNotFoundException($"{type} has no name to travel under: mark it with [GenerateSerializer].");
        return type.IsConstructedGenericType
            ? $"{name}<{string.Join(',', type.GenericTypeArguments.Select(argument => Format(argument, nameOf)))}>"
            : name;
    }

    /// <exception cref="SerializerException">Not well-formed, or a part of it is unknown.</exception>
    public static Type Parse(string name, Func<string, Type?> find)
    {
        var rest = name.AsSpan();
        var type = Parse(ref rest, find, 0);
        return rest.IsEmpty ? type : throw Unknown(name);
    }

    private static Type Parse(ref ReadOnlySpan<char> rest, Func<string, Type?> find, int depth)
    {
        var length = rest.IndexOfAny("<>,[]");
        var name = rest[..(length < 0 ? rest.Length : length)].ToString();
        rest = rest[name.Length..];
        var type = depth <= DeepestNesting && find(name) is { } found ? found : throw Unknown(name);
        if (type.IsGenericTypeDefinition)
        {
            type = ParseArguments(ref rest, type, find, depth + 1);
        }

        for (; rest.StartsWith("[]"); rest = rest[2..])
        {
            type = ++depth <= DeepestNesting ? type.MakeArrayType() : throw Unknown(name);
        }

        return type;
    }

    private static Type ParseArguments(ref ReadOnlySpan<char> rest, Type definition, Func<string, Type?> find, int depth)
    {
        var arguments = new Type[definition.GetGenericArguments().Length];
        for (var i = 0; i < arguments.Length; i++)
        {
            if (rest.IsEmpty || rest[0] != (i == 0 ? '<' : ','))
            {
                throw Unknown(definition.Name);
            }

            rest = rest[1..];
            arguments[i] = Parse(ref rest, find, depth);
        }

        if (rest.IsEmpty || rest[0] != '>')
        {
            throw Unknown(definition.Name);
        }

        rest = rest[1..];
        try
        {
            return definition.MakeGenericType(arguments);
        }
        catch (ArgumentException failure)
        {
            throw new SerializerException($"A message names {definition} of types that it can not be made of.", failure);
        }
    }

    private static SerializerException Unknown(string name) => new($"A message names a type that is not known here: '{name}'.");
}
