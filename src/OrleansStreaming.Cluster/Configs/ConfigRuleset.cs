using OrleansStreaming.Contracts.Configs;

namespace OrleansStreaming.Cluster.Configs;

/// <summary>What may be set on one kind of resource: the catalogue and its checks, as the editor needs them.</summary>
public sealed record ConfigRuleset(
    string Kind,
    IReadOnlyDictionary<string, ConfigDefinition> Definitions,
    Func<string, string, string?> Validate)
{
    public static readonly ConfigRuleset Topic = new("topic", TopicConfigs.All, TopicConfigs.Validate);

    public static readonly ConfigRuleset Broker =
        new("broker", BrokerConfigs.All, (name, value) => BrokerConfigs.ValidateDynamic(name, value, clusterWide: false));

    public static readonly ConfigRuleset ClusterWide =
        new("broker", BrokerConfigs.All, (name, value) => BrokerConfigs.ValidateDynamic(name, value, clusterWide: true));
}
