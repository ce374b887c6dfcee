using System.Collections.Concurrent;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace OrleansStreaming.Client.Serialization;

/// <summary>
/// Serializers by type. Knows bytes, strings, numbers and Guids from the start, and JSON for the types of the contexts added to
/// it; nothing is serialized by reflection unless it is added so. Any thread.
/// </summary>
public sealed class SerializerRegistry
{
    private readonly ConcurrentDictionary<Type, object> _serializers = new();
    private readonly ConcurrentDictionary<Type, object> _deserializers = new();
    private readonly ConcurrentQueue<JsonSerializerContext> _json = new();

    /// <summary>With the serializers of <see cref="Serdes"/>.</summary>
    public SerializerRegistry()
    {
        Add(Serdes.Bytes);
        Add(Serdes.Memory);
        Add(Serdes.Utf8);
        Add(Serdes.Int16);
        Add(Serdes.Int32);
        Add(Serdes.Int64);
        Add(Serdes.Single);
        Add(Serdes.Double);
        Add(Serdes.Guid);
    }

    /// <summary>Both directions of a type; replaces what was there.</summary>
    public void Add<T>(ISerde<T> serde) => Add(serde, serde);

    /// <summary>Serializer and deserializer of a type; replaces what was there.</summary>
    public void Add<T>(ISerializer<T> serializer, IDeserializer<T> deserializer)
    {
        ArgumentNullException.ThrowIfNull(serializer);
        ArgumentNullException.ThrowIfNull(deserializer);
        _serializers[typeof(T)] = serializer;
        _deserializers[typeof(T)] = deserializer;
    }

    /// <summary>JSON for all types that the source-generated context knows and nothing else is registered for.</summary>
    public void AddJson(JsonSerializerContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        _json.Enqueue(context);
    }

    /// <summary>The serializer of a type.</summary>
    /// <exception cref="InvalidOperationException">There is none.</exception>
    public ISerializer<T> SerializerOf<T>() =>
        _serializers.TryGetValue(typeof(T), out var known) ? (ISerializer<T>)known : JsonOf<T>() ?? throw Missing<T>();

    /// <summary>The deserializer of a type.</summary>
    /// <exception cref="InvalidOperationException">There is none.</exception>
    public IDeserializer<T> DeserializerOf<T>() =>
        _deserializers.TryGetValue(typeof(T), out var known) ? (IDeserializer<T>)known : JsonOf<T>() ?? throw Missing<T>();

    private ISerde<T>? JsonOf<T>()
    {
        foreach (var context in _json)
        {
            if (context.GetTypeInfo(typeof(T)) is JsonTypeInfo<T> type)
            {
                return Serdes.Json(type);
            }
        }

        return null;
    }

    private static InvalidOperationException Missing<T>() => new(
        $"There is no serializer for {typeof(T)}. Name one in the options of the producer or consumer, or register one with "
        + $"Serializers.Add or, for JSON, Serializers.AddJson(a JsonSerializerContext with [JsonSerializable(typeof({typeof(T).Name}))]).");
}
