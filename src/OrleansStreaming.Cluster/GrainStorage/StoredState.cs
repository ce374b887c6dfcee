using System.Text.Json.Serialization;

namespace OrleansStreaming.Cluster.GrainStorage;

/// <summary>The content of a grain state file.</summary>
internal sealed record StoredState<T>
{
    /// <summary>Whose it is, for people: file names may be shortened.</summary>
    [JsonPropertyName("grain")]
    public required string Grain { get; init; }

    [JsonPropertyName("etag")]
    public required string ETag { get; init; }

    /// <summary>The ETag of the version that this one was made from; null for the first.</summary>
    [JsonPropertyName("follows")]
    public string? Follows { get; init; }

    /// <summary>There is no state any more; what remains is that there was one.</summary>
    [JsonPropertyName("cleared")]
    public bool IsCleared { get; init; }

    [JsonPropertyName("state")]
    public required T? State { get; init; }
}
