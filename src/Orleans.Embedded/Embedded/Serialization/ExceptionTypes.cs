using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using Orleans.Embedded.Copying;
using Orleans.Serialization;

namespace Orleans.Embedded.Serialization;

/// <summary>
/// The exception types that can be rebuilt: the application's, and those of framework assemblies that are loaded already. Any
/// thread.
/// </summary>
internal sealed class ExceptionTypes(WireCodecs codecs, TypeNames names)
{
    /// <summary>Above this, names that lead nowhere are looked up each time instead of being kept.</summary>
    private const int MostKept = 1024;

    private readonly ConcurrentDictionary<string, Type?> _found = new();
    private readonly ConcurrentDictionary<Type, ExceptionMembers?> _members = new();

    /// <summary>A substitute keeps the name that it came under, so that it is rebuilt where the type is known.</summary>
    public static string NameOf(Exception exception) =>
        (exception as UnavailableExceptionFallbackException)?.ExceptionType ?? exception.GetType().FullName!;

    /// <summary>An exception without any contents; null when there is no such type or none can be made.</summary>
    public Exception? TryCreate(string? name)
    {
        if (name is null || name.Length > WireLimits.TypeNameLength || FindCached(name) is not { } type)
        {
            return null;
        }

        try
        {
            var exception = (Exception)(type.GetConstructor(Type.EmptyTypes) is { } constructor
                ? constructor.Invoke(null)
                : RuntimeHelpers.GetUninitializedObject(type));

            // Some compute their text from what only their constructors set, and fail on it.
            return exception.Message is null ? null : exception;
        }
        catch (Exception failure) when (failure is not InsufficientExecutionStackException)
        {
            return null;
        }
    }

    /// <summary>What travels of the type's own members; null when nothing does.</summary>
    public ExceptionMembers? MembersOf(Type type) => _members.GetOrAdd(type, Create, codecs);

    private static ExceptionMembers? Create(Type type, WireCodecs codecs)
    {
        var members = SerializedMembers.Numbered(type);
        return members.Count == 0
            ? null
            : (ExceptionMembers)Activator.CreateInstance(typeof(ExceptionMembers<>).MakeGenericType(type), codecs, members)!;
    }

    private Type? FindCached(string name)
    {
        if (_found.TryGetValue(name, out var known))
        {
            return known;
        }

        var found = names.FindException(name) ?? FindInFramework(name);
        return _found.Count < MostKept ? _found.GetOrAdd(name, found) : found;
    }

    private static Type? FindInFramework(string name)
    {
        // Names of other forms could make the lookup load something.
        if (!name.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '_' or '+'))
        {
            return null;
        }

        return AppDomain.CurrentDomain.GetAssemblies()
            .Where(assembly => !assembly.IsDynamic && assembly.GetName().Name!.StartsWith("System.", StringComparison.Ordinal))
            .Select(assembly => assembly.GetType(name, throwOnError: false))
            .FirstOrDefault(type => type is { IsAbstract: false, ContainsGenericParameters: false } && typeof(Exception).IsAssignableFrom(type));
    }
}

/// <summary>The members with [Id] of an exception type.</summary>
internal abstract class ExceptionMembers
{
    public abstract void Write(WireWriter output, Exception exception);

    public abstract void Read(WireReader input, Exception exception);
}

/// <inheritdoc/>
internal sealed class ExceptionMembers<T>(WireCodecs codecs, IReadOnlyList<SerializedMember> members) : ExceptionMembers
    where T : Exception
{
    private readonly MemberCodec<T> _members = new(codecs, members);

    public override void Write(WireWriter output, Exception exception)
    {
        var value = (T)exception;
        output.WriteNodeHeader(NodeKind.Members, 0);
        _members.WriteMembers(output, ref value);
    }

    public override void Read(WireReader input, Exception exception)
    {
        if (input.ReadNodeHeader().Kind != NodeKind.Members)
        {
            throw input.Malformed("an exception without members");
        }

        var value = (T)exception;
        _members.ReadMembers(input, ref value);
    }
}
