namespace OrleansStreaming.Kafka.Protocol;

/// <summary>The bytes are not what the protocol says: the one error of every read. The connection they came from cannot be trusted any further.</summary>
public sealed class ProtocolReadException(string message) : Exception(message);
