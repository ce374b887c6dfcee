using System.Reflection;
using Orleans.Concurrency;
using Orleans.Configuration;
using Orleans.Placement;
using Orleans.Runtime;

namespace Orleans.Embedded.Typing;

/// <summary>A grain class: its name in ids, what its attributes say, and how its objects are made. Any thread.</summary>
internal sealed class GrainClass
{
    private const string ConventionalSuffix = "grain";

    /// <summary>Compiled when first needed: an application has many classes, and a silo starts in milliseconds.</summary>
    private readonly Lazy<GrainConstructor> _constructor;

    public GrainClass(Type type, GrainCollectionOptions collection)
    {
        Type = type;
        GrainType = TypeOf(type);
        IsReentrant = type.IsDefined(typeof(ReentrantAttribute), inherit: true);
        Interfaces = [.. type.GetInterfaces().Where(IsGrainInterface)];
        Placement = type.GetCustomAttribute<PlacementAttribute>(inherit: true)?.PlacementStrategy;
        CollectionAge = AgeOf(type, collection);
        _constructor = new Lazy<GrainConstructor>(() => new GrainConstructor(type));
    }

    public Type Type { get; }

    public GrainType GrainType { get; }

    public bool IsReentrant { get; }

    /// <summary>From the attribute; null for the silo's default.</summary>
    public PlacementStrategy? Placement { get; }

    /// <summary>How long an activation may be idle; null for ever.</summary>
    public TimeSpan? CollectionAge { get; }

    /// <summary>The grain interfaces, without the marker interfaces that say how keys look.</summary>
    public IReadOnlyList<Type> Interfaces { get; }

    /// <summary>In the first turn of the activation: constructors may look at it.</summary>
    public object Create(IGrainContext context) => _constructor.Value.Create(context);

    private static bool IsGrainInterface(Type type) => typeof(IGrain).IsAssignableFrom(type) && type.Assembly != typeof(IGrain).Assembly;

    private static GrainType TypeOf(Type type)
    {
        if (type.GetCustomAttribute<GrainTypeAttribute>(inherit: false) is { } attribute)
        {
            return attribute.GetGrainType(null!, type);
        }

        var name = type.Name.ToLowerInvariant();
        var hasSuffix = name.Length > ConventionalSuffix.Length && name.EndsWith(ConventionalSuffix, StringComparison.Ordinal);
        return GrainType.Create(hasSuffix ? name[..^ConventionalSuffix.Length] : name);
    }

    private static TimeSpan? AgeOf(Type type, GrainCollectionOptions options)
    {
        if (type.IsDefined(typeof(KeepAliveAttribute), inherit: true))
        {
            return null;
        }

        if (type.GetCustomAttribute<CollectionAgeLimitAttribute>(inherit: true) is { } limit)
        {
            return limit.AlwaysActive ? null : limit.AgeLimit;
        }

        return options.ClassSpecificCollectionAge.TryGetValue(type.FullName!, out var age) ? age : options.CollectionAge;
    }
}
