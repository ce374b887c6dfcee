namespace OrleansStreaming.Kafka.Settings;

/// <summary>
/// The features that clients find in ApiVersions beside the APIs (KIP-584), all final at their highest level: there is no older broker
/// to agree with. A feature is on this list only when the APIs that it stands for are served.
/// </summary>
internal static class FeatureLevels
{
    /// <summary>The name of a feature, and the highest level that is supported.</summary>
    public static readonly IReadOnlyList<(string Name, short Level)> All =
    [
        // Consumer groups assigned by the coordinator (KIP-848).
        ("group.version", 1),
    ];
}
