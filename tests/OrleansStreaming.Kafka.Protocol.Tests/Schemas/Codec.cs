using System.Buffers;
using OrleansStreaming.Kafka.Generator.Model;
using OrleansStreaming.Kafka.Protocol.Messages;

namespace OrleansStreaming.Kafka.Protocol.Tests.Schemas;

/// <summary>Reads and writes a message of either role by its schema.</summary>
public static class Codec
{
    public static object New(Message message) => Activator.CreateInstance(TypeOf(message))!;

    public static Type TypeOf(Message message) =>
        typeof(ApiKey).Assembly.GetType($"OrleansStreaming.Kafka.Protocol.Messages.{message.Body.Name}", throwOnError: true)!;

    public static byte[] Write(object message, short version)
    {
        using var writer = new ProtocolWriter();
        if (message is IRequestMessage request)
        {
            request.Write(writer, version);
        }
        else
        {
            ((IResponseMessage)message).Write(writer, version);
        }

        Assert.Equal(writer.TotalLength, writer.ToArray().Length);
        return writer.ToArray();
    }

    public static object Read(ApiKey key, Message message, short version, byte[] bytes, out long remaining) =>
        Read(key, message, version, new ReadOnlySequence<byte>(bytes), out remaining);

    public static object Read(ApiKey key, Message message, short version, ReadOnlySequence<byte> bytes, out long remaining)
    {
        var reader = new ProtocolReader(bytes);
        object read = message.IsRequest
            ? ApiCatalog.ReadRequest(key, version, ref reader)
            : ApiCatalog.ReadResponse(key, version, ref reader);
        remaining = reader.Remaining;
        return read;
    }
}
