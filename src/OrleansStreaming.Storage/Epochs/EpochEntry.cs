namespace OrleansStreaming.Storage.Epochs;

/// <summary>A leader's term and the offset it began at.</summary>
internal readonly record struct EpochEntry(int Epoch, long StartOffset);
