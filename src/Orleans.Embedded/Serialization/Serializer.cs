using Orleans.Embedded.Serialization;

namespace Orleans.Serialization;

/// <summary>Turns values of any serializable type into bytes and back, as grain calls do. Any thread.</summary>
public sealed class Serializer
{
    private readonly WireSerializer _wire;

    internal Serializer(WireSerializer wire) => _wire = wire;

    /// <summary>The serializer of one type.</summary>
    public Serializer<T> GetSerializer<T>() => new(_wire);
}
