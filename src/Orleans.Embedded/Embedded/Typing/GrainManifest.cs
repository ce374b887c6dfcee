using System.Text.Json;
using Orleans.Embedded.Calls;
using Orleans.Runtime;

namespace Orleans.Embedded.Typing;

/// <summary>Which grain class serves which interface, for clients that know interfaces only.</summary>
internal sealed record GrainManifest(IReadOnlyList<GrainManifest.Entry> Entries)
{
    public static GrainManifest Of(GrainClasses classes) => new(
    [
        .. classes.All.SelectMany(
            grainClass => grainClass.Interfaces,
            (grainClass, type) => new Entry(
                GrainInterface.NameOf(type).ToString(), grainClass.Type.FullName!, grainClass.Type.Name, grainClass.GrainType.ToString()!)),
    ]);

    /// <exception cref="JsonException">Not a manifest.</exception>
    public static GrainManifest FromBytes(byte[] bytes) => JsonSerializer.Deserialize<GrainManifest>(bytes)!;

    public byte[] ToBytes() => JsonSerializer.SerializeToUtf8Bytes(this);

    /// <summary>An interface's name, and a class that implements it.</summary>
    internal sealed record Entry(string Interface, string FullName, string Name, string GrainType);
}
