using OrleansStreaming.Records.Ids;

namespace OrleansStreaming.Storage.Logs;

/// <summary>Damage that was found in a log: what is there is not what was written.</summary>
/// <param name="From">No good record lies between it and the damage's end; everything before it is good, as far as it was looked at.</param>
/// <param name="File">Path of the segment file.</param>
/// <param name="Position">Where in the file the first damaged batch begins, in bytes.</param>
public sealed record LogCorruption(Offset From, string File, long Position)
{
    /// <summary>For people.</summary>
    public string Message => $"Segment '{File}' is damaged at byte {Position}, from offset {From} on.";
}
