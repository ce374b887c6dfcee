using System.Collections.Immutable;
using System.Globalization;

namespace OrleansStreaming.Cluster.Topics;

/// <summary>The configs that decide about a topic's in-sync sets and leaders.</summary>
/// <param name="MinInSync">
/// The topic's own <c>min.insync.replicas</c>, 1 when it has none: brokers may not agree on their default, and an eligible leader
/// replica is one only if no leader commits with fewer.
/// </param>
/// <param name="IsUncleanAllowed">Whether, when nobody else can lead, a replica may that lacks records.</param>
public readonly record struct PartitionRules(int MinInSync, bool IsUncleanAllowed)
{
    public static PartitionRules Of(ImmutableDictionary<string, string> configs, bool isUncleanAllowedByDefault = false) => new(
        configs.TryGetValue("min.insync.replicas", out var min) ? int.Parse(min, NumberStyles.Integer, CultureInfo.InvariantCulture) : 1,
        configs.TryGetValue("unclean.leader.election.enable", out var unclean)
            ? unclean.Equals("true", StringComparison.OrdinalIgnoreCase)
            : isUncleanAllowedByDefault);

    /// <summary>Never more than there are replicas, as in Kafka.</summary>
    public int MinInSyncOf(int replicas) => Math.Min(MinInSync, Math.Max(replicas, 1));
}
