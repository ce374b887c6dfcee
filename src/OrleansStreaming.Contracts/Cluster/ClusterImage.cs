using System.Collections.Immutable;
using OrleansStreaming.Records.Ids;

namespace OrleansStreaming.Contracts.Cluster;

/// <summary>An immutable picture of the cluster at one metadata version.</summary>
public sealed class ClusterImage
{
    public static readonly ClusterImage Empty = new();

    public long Version { get; init; } = -1;

    /// <summary>
    /// How often a controller has begun, as of this image: the upper half of its version. Its like in Kafka is the epoch of the
    /// metadata quorum's leader.
    /// </summary>
    public int ControllerTerm => (int)(Version >> 32);

    public string ClusterId { get; init; } = "";

    /// <summary>The broker whose silo hosts the controller.</summary>
    public BrokerId Controller { get; init; } = BrokerId.None;

    public ImmutableSortedDictionary<BrokerId, BrokerDescription> Brokers { get; init; } =
        ImmutableSortedDictionary<BrokerId, BrokerDescription>.Empty;

    public ImmutableSortedDictionary<string, TopicDescription> Topics { get; init; } =
        ImmutableSortedDictionary.Create<string, TopicDescription>(StringComparer.Ordinal);

    public ImmutableDictionary<TopicId, TopicDescription> TopicsById { get; init; } =
        ImmutableDictionary<TopicId, TopicDescription>.Empty;

    /// <summary>Dynamic broker configs by broker id in decimal; "" is the cluster-wide default.</summary>
    public ImmutableDictionary<string, IReadOnlyDictionary<string, string>> BrokerConfigs { get; init; } =
        ImmutableDictionary<string, IReadOnlyDictionary<string, string>>.Empty;

    /// <summary>Configs of consumer groups by group id; groups without any are absent.</summary>
    public ImmutableDictionary<string, IReadOnlyDictionary<string, string>> GroupConfigs { get; init; } =
        ImmutableDictionary<string, IReadOnlyDictionary<string, string>>.Empty;
}
