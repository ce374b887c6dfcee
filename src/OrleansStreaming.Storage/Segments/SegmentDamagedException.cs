namespace OrleansStreaming.Storage.Segments;

/// <summary>Bytes in a segment are not the batches that should be there.</summary>
internal sealed class SegmentDamagedException(string path, int position)
    : IOException($"Segment '{path}' is damaged at byte {position}.")
{
    /// <summary>The segment's file.</summary>
    public string Path => path;

    /// <summary>The batches before it are good.</summary>
    public int Position => position;
}
