using System.Reflection;

namespace Orleans.Embedded.Copying;

/// <summary>
/// The members of a type that travel, in a fixed order: base types first, then by <see cref="IdAttribute"/>. Parameters of a
/// record's primary constructor travel without being marked.
/// </summary>
internal static class SerializedMembers
{
    private const BindingFlags Declared =
        BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly;

    public static bool AreDeclaredBy(Type type) => type.IsDefined(typeof(GenerateSerializerAttribute), inherit: false);

    public static IReadOnlyList<MemberInfo> Of(Type type)
    {
        var members = new List<MemberInfo>();
        for (var level = type; level is not null; level = level.BaseType)
        {
            if (AreDeclaredBy(level))
            {
                members.InsertRange(0, DeclaredBy(level));
            }
        }

        return members;
    }

    private static IEnumerable<MemberInfo> DeclaredBy(Type type)
    {
        var parameters = PrimaryConstructorParameters(type);
        var marked = type.GetMembers(Declared)
            .Where(member => member is FieldInfo or PropertyInfo)
            .Select(member => (Member: member, Id: member.GetCustomAttribute<IdAttribute>()?.Id))
            .Where(entry => entry.Id is not null)
            .OrderBy(entry => entry.Id)
            .ToList();
        var unmarked = parameters
            .Where(name => marked.All(entry => entry.Member.Name != name))
            .Select(name => (MemberInfo?)type.GetProperty(name, Declared))
            .OfType<MemberInfo>();
        return unmarked.Concat(marked.Select(entry => entry.Member)).Select(StorageOf);
    }

    private static IEnumerable<string> PrimaryConstructorParameters(Type type)
    {
        var isRecord = type.GetMethod("<Clone>$", Declared) is not null
            || (type.IsValueType && type.GetMethod("PrintMembers", Declared) is not null);
        if (!isRecord && type.GetCustomAttribute<GenerateSerializerAttribute>() is not { IncludePrimaryConstructorParameters: true })
        {
            return [];
        }

        // Only a primary constructor has a property of each parameter's very name; the copy constructor has one parameter of the type.
        return type.GetConstructors(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic)
            .Select(constructor => constructor.GetParameters())
            .Where(list => list.Length > 0 && list.All(p => p.ParameterType != type && type.GetProperty(p.Name!, Declared) is not null))
            .OrderByDescending(list => list.Length)
            .FirstOrDefault([])
            .Select(parameter => parameter.Name!);
    }

    /// <summary>The field of an automatic property, which also works for init-only and get-only ones.</summary>
    private static MemberInfo StorageOf(MemberInfo member) =>
        member is PropertyInfo property
            ? property.DeclaringType!.GetField($"<{property.Name}>k__BackingField", Declared) ?? (MemberInfo)property
            : member;
}
