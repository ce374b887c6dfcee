using System.Buffers;
using Orleans.Embedded.Connections;
using Orleans.Embedded.Serialization;

namespace Orleans.Serialization;

/// <summary>
/// Turns values of a type into bytes and back: the message's head, and behind it the payloads that a message carries beside
/// itself, each with its length before it. Other bytes than those of the Microsoft.Orleans packages. Any thread.
/// </summary>
public sealed class Serializer<T>
{
    private readonly WireSerializer _wire;

    internal Serializer(WireSerializer wire) => _wire = wire;

    /// <exception cref="SerializerException">The value, or one in it, has a type that is not serializable.</exception>
    public void Serialize<TBufferWriter>(T value, TBufferWriter destination)
        where TBufferWriter : IBufferWriter<byte>
    {
        var body = WireWriters.Rent();
        var lengths = WireWriters.Rent();
        try
        {
            _wire.Write(body, value);
            lengths.WriteVarUInt((ulong)body.Length);
            lengths.WriteVarUInt((ulong)body.Attachments.Count);
            foreach (var attachment in body.Attachments)
            {
                lengths.WriteVarUInt((ulong)attachment.Length);
            }

            destination.Write(lengths.Head.Span);
            destination.Write(body.Head.Span);
            foreach (var attachment in body.Attachments)
            {
                destination.Write(attachment.Span);
            }
        }
        finally
        {
            WireWriters.Return(lengths);
            WireWriters.Return(body);
        }
    }

    /// <inheritdoc cref="Serialize{TBufferWriter}(T, TBufferWriter)"/>
    public byte[] SerializeToArray(T value)
    {
        var output = new ArrayBufferWriter<byte>();
        Serialize(value, output);
        return output.WrittenSpan.ToArray();
    }

    /// <exception cref="SerializerException">The bytes are not what such a value was written as.</exception>
    public T Deserialize(ReadOnlySpan<byte> source)
    {
        var input = new WireReader(source.ToArray(), []);
        var length = Length(input);
        var attachments = new int[Length(input)]; // of which each takes a byte at least
        for (var i = 0; i < attachments.Length; i++)
        {
            attachments[i] = Length(input);
        }

        var head = input.ReadRaw(length).ToArray();
        var payloads = new ArraySegment<byte>[attachments.Length];
        for (var i = 0; i < payloads.Length; i++)
        {
            payloads[i] = input.ReadRaw(attachments[i]).ToArray();
        }

        return input.Remaining == 0 ? _wire.Read<T>(new WireReader(head, payloads)) : throw input.Malformed($"{input.Remaining} bytes too many");
    }

    private static int Length(WireReader input) => input.ReadVarUInt() is var length && length <= (ulong)input.Remaining
        ? (int)length
        : throw input.Malformed("a length beyond the end");
}
