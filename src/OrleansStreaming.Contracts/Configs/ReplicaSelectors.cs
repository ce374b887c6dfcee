namespace OrleansStreaming.Contracts.Configs;

/// <summary>
/// What <c>replica.selector.class</c> may name: the two selectors of KIP-392, with or without their package. Others would have to
/// be loaded from Java.
/// </summary>
public static class ReplicaSelectors
{
    private const string RackAware = "RackAwareReplicaSelector";
    private const string Leader = "LeaderSelector";
    private const string JavaPackage = "org.apache.kafka.common.replica.";

    /// <summary>Whether clients are sent to replicas in their rack; otherwise everybody reads from leaders.</summary>
    public static bool IsRackAware(string selector) => selector is RackAware or JavaPackage + RackAware;

    internal static string? Rule(string value) =>
        IsRackAware(value.Trim()) || value.Trim() is "" or Leader or JavaPackage + Leader
            ? null
            : $"expected {JavaPackage}{RackAware}, {JavaPackage}{Leader} or nothing";
}
