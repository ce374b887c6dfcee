using System.Buffers;
using Orleans.Serialization;

namespace OrleansStreaming.Client.Serialization;

internal sealed class OrleansSerde<T>(Serializer<T> serializer) : ISerde<T>
{
    public void Serialize(T value, IBufferWriter<byte> output, in SerializationContext context) => serializer.Serialize(value, output);

    public T Deserialize(ReadOnlySpan<byte> bytes, in SerializationContext context) => serializer.Deserialize(bytes)!;
}
