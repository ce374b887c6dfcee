using System.Buffers.Binary;
using System.Text;

namespace OrleansStreaming.Kafka.Protocol.Tests.Schemas;

/// <summary>Builds frames by hand.</summary>
public sealed class Bytes
{
    private readonly MemoryStream _stream = new();

    public Bytes Raw(params byte[] bytes)
    {
        _stream.Write(bytes);
        return this;
    }

    public Bytes Int16(short value)
    {
        Span<byte> bytes = stackalloc byte[2];
        BinaryPrimitives.WriteInt16BigEndian(bytes, value);
        _stream.Write(bytes);
        return this;
    }

    public Bytes Int32(int value)
    {
        Span<byte> bytes = stackalloc byte[4];
        BinaryPrimitives.WriteInt32BigEndian(bytes, value);
        _stream.Write(bytes);
        return this;
    }

    public Bytes Text(string ascii) => Raw(Encoding.ASCII.GetBytes(ascii));

    public Bytes Zeros(int count) => Raw(new byte[count]);

    public byte[] ToArray() => _stream.ToArray();
}
