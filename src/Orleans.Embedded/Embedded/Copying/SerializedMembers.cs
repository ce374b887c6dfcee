using System.Reflection;

namespace Orleans.Embedded.Copying;

/// <summary>A member that travels.</summary>
/// <param name="Storage">The field of an automatic property, or else the property, or the field itself.</param>
/// <param name="Level">Counts base types from the most basic one that has members; numbers of members are unique within a level.</param>
/// <param name="Id">The number of the member.</param>
internal readonly record struct SerializedMember(MemberInfo Storage, int Level, uint Id)
{
    public Type Type => Storage is FieldInfo stored ? stored.FieldType : ((PropertyInfo)Storage).PropertyType;
}

/// <summary>
/// The members of a type that travel, in a fixed order: base types first, then by <see cref="IdAttribute"/>. Parameters of a
/// record's primary constructor travel without being marked.
/// </summary>
internal static class SerializedMembers
{
    private const BindingFlags Declared =
        BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly;

    public static bool AreDeclaredBy(Type type) => type.IsDefined(typeof(GenerateSerializerAttribute), inherit: false);

    public static IReadOnlyList<MemberInfo> Of(Type type) => [.. Numbered(type).Select(member => member.Storage)];

    /// <summary>
    /// With their numbers. Unmarked parameters are numbered by their place and are a level of their own, before the marked members.
    /// </summary>
    public static IReadOnlyList<SerializedMember> Numbered(Type type)
    {
        var levels = new Stack<List<(MemberInfo Member, uint Id)>>();
        for (var level = type; level is not null; level = level.BaseType)
        {
            if (AreDeclaredBy(level))
            {
                var (unmarked, marked) = DeclaredBy(level);
                levels.Push(marked);
                levels.Push(unmarked);
            }
        }

        return
        [
            .. levels
                .Where(level => level.Count > 0)
                .SelectMany((members, level) => members.Select(entry => new SerializedMember(StorageOf(entry.Member), level, entry.Id))),
        ];
    }

    private static (List<(MemberInfo Member, uint Id)> Unmarked, List<(MemberInfo Member, uint Id)> Marked) DeclaredBy(Type type)
    {
        var marked = type.GetMembers(Declared)
            .Where(member => member is FieldInfo or PropertyInfo)
            .Select(member => (Member: member, Id: member.GetCustomAttribute<IdAttribute>()?.Id))
            .Where(entry => entry.Id is not null)
            .Select(entry => (entry.Member, entry.Id!.Value))
            .OrderBy(entry => entry.Value)
            .ToList();
        var unmarked = PrimaryConstructorParameters(type)
            .Select((name, place) => (Member: (MemberInfo?)type.GetProperty(name, Declared), Place: (uint)place))
            .Where(entry => entry.Member is not null && marked.All(other => other.Member.Name != entry.Member.Name))
            .Select(entry => (entry.Member!, entry.Place))
            .ToList();
        return (unmarked, marked);
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
