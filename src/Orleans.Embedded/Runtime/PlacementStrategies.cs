namespace Orleans.Runtime;

/// <summary>
/// Names a way to place activations; its director decides. Own strategies have a parameterless constructor and are registered
/// with <c>AddPlacementDirector</c>.
/// </summary>
public abstract class PlacementStrategy
{
    public virtual bool IsUsingGrainDirectory => true;
}

/// <summary>Any silo.</summary>
public sealed class RandomPlacement : PlacementStrategy
{
    internal static RandomPlacement Singleton { get; } = new();
}

/// <summary>The silo that the grain id's hash chooses.</summary>
public sealed class HashBasedPlacement : PlacementStrategy
{
    internal static HashBasedPlacement Singleton { get; } = new();
}

/// <summary>The caller's silo where that is possible.</summary>
public sealed class PreferLocalPlacement : PlacementStrategy
{
    internal static PreferLocalPlacement Singleton { get; } = new();
}
