using System.Reflection;
using System.Runtime.CompilerServices;

namespace OrleansStreaming.Client.Tests.Surface;

/// <summary>An assembly's public types and members as sorted lines.</summary>
internal static class PublicSurface
{
    private const BindingFlags Declared = BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;

    public static IEnumerable<string> Of(Assembly assembly) => assembly.GetExportedTypes()
        .Where(type => type.Namespace?.StartsWith("OrleansStreaming", StringComparison.Ordinal) == true && type.GetCustomAttribute<CompilerGeneratedAttribute>() is null)
        .SelectMany(LinesOf)
        .Distinct()
        .Order(StringComparer.Ordinal);

    private static IEnumerable<string> LinesOf(Type type)
    {
        var parents = new[] { type.BaseType }.Where(parent => parent is not null && parent != typeof(object) && parent != typeof(ValueType) && parent != typeof(Enum))
            .Concat(type.IsEnum ? [] : type.GetInterfaces()).Select(parent => Name(parent!)).Order(StringComparer.Ordinal).ToArray();
        yield return $"{Kind(type)} {Name(type)}{(parents.Length == 0 ? "" : " : " + string.Join(", ", parents))}";
        foreach (var member in type.GetMembers(Declared))
        {
            var line = member switch
            {
                FieldInfo { IsPublic: true, IsSpecialName: false } field => type.IsEnum
                    ? $"{field.Name} = {Convert.ToInt64(field.GetRawConstantValue(), System.Globalization.CultureInfo.InvariantCulture)}"
                    : $"{field.Name}: {Name(field.FieldType)}",
                PropertyInfo property when IsVisible(property.GetMethod) || IsVisible(property.SetMethod) =>
                    $"{property.Name}: {Name(property.PropertyType)} {{{(IsVisible(property.GetMethod) ? " get;" : "")}{(IsVisible(property.SetMethod) ? " set;" : "")} }}",
                ConstructorInfo constructor when IsVisible(constructor) => $"new({Parameters(constructor)})",
                MethodInfo { IsSpecialName: false } method when IsVisible(method) && method.GetCustomAttribute<CompilerGeneratedAttribute>() is null =>
                    $"{method.Name}{Arguments(method)}({Parameters(method)}): {Name(method.ReturnType)}",
                _ => null,
            };
            if (line is not null)
            {
                yield return $"{Name(type)}.{line}";
            }
        }
    }

    private static string Kind(Type type) =>
        type.IsInterface ? "interface" : type.IsEnum ? "enum" : type.IsValueType ? "struct"
        : type is { IsAbstract: true, IsSealed: true } ? "static class" : type.IsSealed ? "sealed class" : "class";

    private static bool IsVisible(MethodBase? method) => method is { IsPublic: true } or { IsFamily: true } or { IsFamilyOrAssembly: true };

    private static string Parameters(MethodBase method) => string.Join(
        ", ", method.GetParameters().Select(parameter => $"{Name(parameter.ParameterType)} {parameter.Name}{(parameter.HasDefaultValue ? " = default" : "")}"));

    private static string Arguments(MethodInfo method) =>
        method.IsGenericMethod ? $"<{string.Join(", ", method.GetGenericArguments().Select(argument => argument.Name))}>" : "";

    private static string Name(Type type)
    {
        if (type.IsGenericParameter || type.IsArray || type.IsByRef)
        {
            return type.IsArray ? Name(type.GetElementType()!) + "[]" : type.IsByRef ? "ref " + Name(type.GetElementType()!) : type.Name;
        }

        var name = type.Namespace == "System" ? type.Name : type.FullName is { } full && !type.IsGenericType ? full : $"{type.Namespace}.{type.Name}";
        return type.IsGenericType
            ? $"{name.Split('`')[0]}<{string.Join(", ", type.GetGenericArguments().Select(Name))}>"
            : name;
    }
}
