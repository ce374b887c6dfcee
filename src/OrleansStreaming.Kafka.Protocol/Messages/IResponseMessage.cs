namespace OrleansStreaming.Kafka.Protocol.Messages;

/// <summary>The body of a response. One thread at a time.</summary>
public interface IResponseMessage
{
    ApiKey ApiKey { get; }

    /// <inheritdoc cref="IRequestMessage.Write"/>
    void Write(ProtocolWriter writer, short version);
}
