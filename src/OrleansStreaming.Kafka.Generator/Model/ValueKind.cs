namespace OrleansStreaming.Kafka.Generator.Model;

/// <summary>What one value is on the wire.</summary>
public enum ValueKind
{
    Boolean,
    Int8,
    Int16,
    UInt16,
    Int32,
    Int64,
    Float64,
    Uuid,
    String,
    Bytes,
    Records,
    Structure,
}
