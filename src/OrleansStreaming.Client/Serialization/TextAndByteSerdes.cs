using System.Buffers;
using System.Text;

namespace OrleansStreaming.Client.Serialization;

internal sealed class BytesSerde : ISerde<byte[]>
{
    public void Serialize(byte[] value, IBufferWriter<byte> output, in SerializationContext context) => output.Write(value);

    public byte[] Deserialize(ReadOnlySpan<byte> bytes, in SerializationContext context) => bytes.ToArray();
}

internal sealed class MemorySerde : ISerde<ReadOnlyMemory<byte>>
{
    public void Serialize(ReadOnlyMemory<byte> value, IBufferWriter<byte> output, in SerializationContext context) => output.Write(value.Span);

    public ReadOnlyMemory<byte> Deserialize(ReadOnlySpan<byte> bytes, in SerializationContext context) => bytes.ToArray();
}

internal sealed class Utf8Serde : ISerde<string>
{
    public void Serialize(string value, IBufferWriter<byte> output, in SerializationContext context) => Encoding.UTF8.GetBytes(value, output);

    public string Deserialize(ReadOnlySpan<byte> bytes, in SerializationContext context) => Encoding.UTF8.GetString(bytes);
}
