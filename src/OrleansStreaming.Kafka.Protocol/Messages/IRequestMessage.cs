namespace OrleansStreaming.Kafka.Protocol.Messages;

/// <summary>The body of a request. One thread at a time.</summary>
public interface IRequestMessage
{
    ApiKey ApiKey { get; }

    /// <summary>Writes the body (no header) as <paramref name="version"/> has it.</summary>
    /// <exception cref="ProtocolWriteException">The version does not exist, or cannot express a value that was set.</exception>
    void Write(ProtocolWriter writer, short version);
}
