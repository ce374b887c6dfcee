using OrleansStreaming.Records.Compression;

namespace OrleansStreaming.Storage.Logs;

/// <summary>The codec under which a leader stores batches, whatever their producers chose: <c>compression.type</c>.</summary>
/// <param name="Type">May be none, which is <c>uncompressed</c>.</param>
/// <param name="Level">The codec's own level; null for its default.</param>
public sealed record LogCompression(CompressionType Type, int? Level = null);
