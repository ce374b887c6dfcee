namespace OrleansStreaming.Storage.Segments;

/// <summary>Where a batch lies in its segment, in bytes.</summary>
internal readonly record struct BatchPosition(int Position, int Size, long BaseOffset);
