using Orleans.Runtime;

namespace Orleans.Embedded.Typing;

/// <summary>Which grain class serves an interface. Any thread.</summary>
internal interface IGrainTypes
{
    /// <summary>The class that implements the interface; among several, the one named like it or by the prefix.</summary>
    /// <exception cref="ArgumentException">None does, or several do and none of them stands out.</exception>
    GrainType GrainTypeFor(Type grainInterface, string? classNamePrefix);
}
