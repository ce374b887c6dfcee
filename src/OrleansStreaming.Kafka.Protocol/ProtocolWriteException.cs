namespace OrleansStreaming.Kafka.Protocol;

/// <summary>A message cannot be expressed: a version outside its schema, a value its version has no field for, a forbidden null, a string too long.</summary>
public sealed class ProtocolWriteException(string message) : Exception(message);
