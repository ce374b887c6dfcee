using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Orleans.Serialization;

namespace OrleansStreaming.Client.Serialization;

/// <summary>The serializers that come with the client. Numbers and Guids are written as the Java client's serializers do.</summary>
public static class Serdes
{
    /// <summary>Bytes as they are.</summary>
    public static ISerde<byte[]> Bytes { get; } = new BytesSerde();

    /// <summary>Bytes as they are; read into an array of their own.</summary>
    public static ISerde<ReadOnlyMemory<byte>> Memory { get; } = new MemorySerde();

    /// <summary>UTF-8; bytes that are not become U+FFFD.</summary>
    public static ISerde<string> Utf8 { get; } = new Utf8Serde();

    /// <summary>Four bytes, big-endian.</summary>
    public static ISerde<int> Int32 { get; } = new Int32Serde();

    /// <summary>Eight bytes, big-endian.</summary>
    public static ISerde<long> Int64 { get; } = new Int64Serde();

    /// <summary>Two bytes, big-endian.</summary>
    public static ISerde<short> Int16 { get; } = new Int16Serde();

    /// <summary>Four bytes, IEEE 754, big-endian.</summary>
    public static ISerde<float> Single { get; } = new SingleSerde();

    /// <summary>Eight bytes, IEEE 754, big-endian.</summary>
    public static ISerde<double> Double { get; } = new DoubleSerde();

    /// <summary>36 characters, as <c>6f9619ff-8b86-d011-b42d-00c04fc964ff</c>.</summary>
    public static ISerde<Guid> Guid { get; } = new GuidSerde();

    /// <summary>
    /// Orleans' own serializer, for types with <c>[GenerateSerializer]</c>, as grain calls use it. Only .NET applications with the
    /// same types read it, and the embedded Orleans writes other bytes than the Microsoft.Orleans packages: for what lives longer
    /// than the build, prefer JSON.
    /// </summary>
    /// <param name="serializer">From the container of the Orleans client or silo.</param>
    public static ISerde<T> OfOrleans<T>(Serializer serializer)
    {
        ArgumentNullException.ThrowIfNull(serializer);
        return new OrleansSerde<T>(serializer.GetSerializer<T>());
    }

    /// <summary>JSON in UTF-8 by source-generated type information: no reflection, safe to trim.</summary>
    public static ISerde<T> Json<T>(JsonTypeInfo<T> type) => new JsonSerde<T>(type);

    /// <summary>JSON in UTF-8 by reflection.</summary>
    [RequiresUnreferencedCode("Use the overload with JsonTypeInfo in trimmed applications.")]
    [RequiresDynamicCode("Use the overload with JsonTypeInfo in natively compiled applications.")]
    public static ISerde<T> Json<T>(JsonSerializerOptions? options = null) =>
        new JsonSerde<T>((JsonTypeInfo<T>)(options ?? JsonSerializerOptions.Web).GetTypeInfo(typeof(T)));
}
