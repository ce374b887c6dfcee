namespace OrleansStreaming.Records.Batches;

/// <summary>A header to be written with a record (KIP-82): a name and, unless null, a value. Names may repeat.</summary>
public readonly record struct RecordHeader(string Key, ReadOnlyMemory<byte>? Value);
