using System.Collections.Concurrent;
using System.Reflection;
using Orleans.Runtime;

namespace Orleans.Embedded.Typing;

/// <summary>The grain classes and converters of one assembly, and the types that messages may name. Worked out once per process.</summary>
internal sealed class AssemblyTypes
{
    private static readonly ConcurrentDictionary<Assembly, AssemblyTypes?> _known = new();
    private static readonly string _ownName = typeof(IGrain).Assembly.GetName().Name!;

    private AssemblyTypes(Assembly assembly)
    {
        foreach (var type in assembly.GetTypes())
        {
            if (type.IsDefined(typeof(GenerateSerializerAttribute), inherit: false) && !typeof(Exception).IsAssignableFrom(type))
            {
                Serializable.Add(type);
            }
            else if (type.IsInterface || type.IsEnum || (typeof(Exception).IsAssignableFrom(type) && !type.IsAbstract && !type.ContainsGenericParameters))
            {
                Nameable.Add(type);
            }

            if (!type.IsClass && !type.IsValueType)
            {
                continue;
            }

            if (type is { IsClass: true, IsAbstract: false, ContainsGenericParameters: false } && typeof(IGrainBase).IsAssignableFrom(type))
            {
                GrainClasses.Add(type);
            }

            if (type.IsDefined(typeof(RegisterConverterAttribute), inherit: false))
            {
                AddConverter(type);
            }
        }
    }

    public List<Type> GrainClasses { get; } = [];

    /// <summary>Converter types by the type they convert; both open when they are generic.</summary>
    public List<(Type Value, Type Converter)> Converters { get; } = [];

    /// <summary>Types with [GenerateSerializer], other than exceptions; definitions when they are generic.</summary>
    public List<Type> Serializable { get; } = [];

    /// <summary>Interfaces, enums without the attribute, and exceptions that can be made.</summary>
    public List<Type> Nameable { get; } = [];

    /// <summary>Those of this library itself.</summary>
    public static AssemblyTypes OfLibrary => _known.GetOrAdd(typeof(IGrain).Assembly, static assembly => new AssemblyTypes(assembly))!;

    /// <summary>Those of all loaded assemblies, and of what they reference, that use this library.</summary>
    public static IReadOnlyList<AssemblyTypes> OfApplication()
    {
        var found = new List<AssemblyTypes>();
        var seen = new HashSet<string>();
        var open = new Stack<Assembly>(AppDomain.CurrentDomain.GetAssemblies());
        while (open.TryPop(out var assembly))
        {
            if (assembly.IsDynamic || IsFramework(assembly.GetName().Name!) || !seen.Add(assembly.FullName!))
            {
                continue;
            }

            if (_known.GetOrAdd(assembly, Scan) is { } types)
            {
                found.Add(types);
            }

            foreach (var reference in assembly.GetReferencedAssemblies())
            {
                if (!IsFramework(reference.Name!) && !seen.Contains(reference.FullName) && TryLoad(reference) is { } referenced)
                {
                    open.Push(referenced);
                }
            }
        }

        return found;
    }

    private static AssemblyTypes? Scan(Assembly assembly) =>
        assembly.GetReferencedAssemblies().Any(reference => reference.Name == _ownName) ? new AssemblyTypes(assembly) : null;

    private static Assembly? TryLoad(AssemblyName name)
    {
        try
        {
            return Assembly.Load(name);
        }
        catch (Exception failure) when (failure is IOException or BadImageFormatException)
        {
            // References may name what is not deployed, such as build-time parts; a grain in there could not run either.
            return null;
        }
    }

    private static bool IsFramework(string name) =>
        name == _ownName
        || name.StartsWith("System.", StringComparison.Ordinal)
        || name.StartsWith("Microsoft.", StringComparison.Ordinal)
        || name is "System" or "mscorlib" or "netstandard";

    private void AddConverter(Type type)
    {
        var converted = type.GetInterfaces()
            .FirstOrDefault(implemented => implemented.IsGenericType && implemented.GetGenericTypeDefinition() == typeof(IConverter<,>))
            ?? throw new OrleansConfigurationException($"{type} has [RegisterConverter] but does not implement IConverter.");
        var value = converted.GenericTypeArguments[0];
        Converters.Add((type.IsGenericTypeDefinition ? value.GetGenericTypeDefinition() : value, type));
    }
}
