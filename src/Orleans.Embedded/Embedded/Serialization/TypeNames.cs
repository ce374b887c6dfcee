using System.Collections.Concurrent;
using System.Reflection;
using System.Text;
using Orleans.Embedded.Calls;
using Orleans.Embedded.Typing;
using Orleans.Runtime;
using Orleans.Serialization;

namespace Orleans.Embedded.Serialization;

/// <summary>
/// The types that may travel, by name: the alias, or else the full name. Nothing else can be named, whatever a peer sends: no type
/// is ever looked for in an assembly. Any thread.
/// </summary>
internal sealed class TypeNames
{
    private readonly Dictionary<string, Type> _byName = new(KnownTypes.ByName);
    private readonly Dictionary<Type, string> _byType = KnownTypes.ByName.ToDictionary(entry => entry.Value, entry => entry.Key);
    private readonly Dictionary<string, Type> _interfaces = [];
    private readonly Dictionary<string, Type> _exceptions = [];
    private readonly ConcurrentDictionary<Type, byte[]> _written = new();

    /// <exception cref="OrleansConfigurationException">Two types have the same alias.</exception>
    public TypeNames(IEnumerable<AssemblyTypes> application)
    {
        foreach (var types in application.Prepend(AssemblyTypes.OfLibrary))
        {
            foreach (var type in types.Serializable.Concat(types.Converters.Select(entry => entry.Value)))
            {
                AddUnique(type);
            }

            foreach (var type in types.Nameable)
            {
                AddNameable(type);
            }
        }
    }

    /// <summary>In UTF-8; the same array each time.</summary>
    /// <exception cref="CodecNotFoundException">The type may not travel under a name.</exception>
    public byte[] NameOf(Type type) => _written.TryGetValue(type, out var known) ? known : _written.GetOrAdd(type, Name(type));

    /// <exception cref="SerializerException">No type that may travel has this name.</exception>
    public Type Find(ReadOnlySpan<byte> name) => TypeNameSyntax.Parse(Encoding.UTF8.GetString(name), FindDefinition);

    /// <summary>The application's exception type of this name, if there is one.</summary>
    public Type? FindException(string name) => _exceptions.GetValueOrDefault(name);

    /// <exception cref="SerializerException">No grain interface has this name.</exception>
    public Type FindInterface(ReadOnlySpan<byte> name)
    {
        var lookup = _interfaces.GetAlternateLookup<ReadOnlySpan<char>>();
        Span<char> text = stackalloc char[256];
        if (name.Length <= text.Length && Encoding.UTF8.TryGetChars(name, text, out var length) && lookup.TryGetValue(text[..length], out var found))
        {
            return found;
        }

        throw new SerializerException("A message names a grain interface that is not known here.");
    }

    private static string NameOfDefinition(Type type)
    {
        var name = type.GetCustomAttributes<AliasAttribute>(inherit: false).FirstOrDefault()?.Alias ?? type.FullName!;
        return type.IsGenericTypeDefinition ? $"{name}`{type.GetGenericArguments().Length}" : name;
    }

    private byte[] Name(Type type)
    {
        var name = Encoding.UTF8.GetBytes(TypeNameSyntax.Format(type, definition => _byType.GetValueOrDefault(definition)));
        return name.Length <= WireLimits.TypeNameLength && Find(name) == type
            ? name
            : throw new CodecNotFoundException($"The name of {type} does not lead back to it.");
    }

    private Type? FindDefinition(string name) => _byName.GetValueOrDefault(name);

    private void AddUnique(Type type)
    {
        var name = NameOfDefinition(type);
        if (_byName.TryAdd(name, type))
        {
            _byType[type] = name;
        }
        else if (_byName[name] != type)
        {
            throw new OrleansConfigurationException($"{type} and {_byName[name]} have the same alias '{name}'.");
        }
    }

    private void AddNameable(Type type)
    {
        if (typeof(Exception).IsAssignableFrom(type))
        {
            _exceptions.TryAdd(type.FullName!, type);
            return;
        }

        var name = NameOfDefinition(type);
        if (_byName.TryAdd(name, type))
        {
            _byType[type] = name;
        }

        if (typeof(IAddressable).IsAssignableFrom(type) && !type.IsGenericTypeDefinition)
        {
            _interfaces.TryAdd(GrainInterface.NameOf(type).ToString(), type);
        }
    }
}
