using System.Buffers;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace OrleansStreaming.Client.Serialization;

internal sealed class JsonSerde<T>(JsonTypeInfo<T> type) : ISerde<T>
{
    /// <summary>Writers hold buffers: one a thread, since serializing never awaits.</summary>
    [ThreadStatic]
    private static Utf8JsonWriter? _writer;

    public void Serialize(T value, IBufferWriter<byte> output, in SerializationContext context)
    {
        var writer = _writer ?? new Utf8JsonWriter(output);
        _writer = null;
        writer.Reset(output);
        JsonSerializer.Serialize(writer, value, type);
        writer.Flush();
        _writer = writer;
    }

    public T Deserialize(ReadOnlySpan<byte> bytes, in SerializationContext context) => JsonSerializer.Deserialize(bytes, type)!;
}
