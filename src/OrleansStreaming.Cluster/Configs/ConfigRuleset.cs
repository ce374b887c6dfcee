using OrleansStreaming.Contracts.Configs;

namespace OrleansStreaming.Cluster.Configs;

/// <summary>What may be set on one kind of resource: the catalogue and its checks, as the editor needs them.</summary>
public sealed record ConfigRuleset(
    string Kind,
    IReadOnlyDictionary<string, ConfigDefinition> Definitions,
    Func<string, string, string?> Validate)
{
    public static readonly ConfigRuleset Topic = new("topic", TopicConfigs.All, TopicConfigs.Validate)
    {
        Together = static configs => TopicConfigs.ValidateTogether(name => EffectiveConfigs.TopicValue(name, configs, BrokerConfigLayers.Empty)),
    };

    public static readonly ConfigRuleset Broker =
        new("broker", BrokerConfigs.All, (name, value) => BrokerConfigs.ValidateDynamic(name, value, clusterWide: false));

    public static readonly ConfigRuleset ClusterWide =
        new("broker", BrokerConfigs.All, (name, value) => BrokerConfigs.ValidateDynamic(name, value, clusterWide: true));

    /// <summary>Null when valid values fit together, else why not.</summary>
    public Func<IReadOnlyDictionary<string, string>, string?> Together { get; private init; } = static _ => null;

    /// <param name="broker">Where the limits of the values are found.</param>
    public static ConfigRuleset Group(BrokerConfigLayers broker) => new("group", GroupConfigs.All, GroupConfigs.Validate)
    {
        Together = configs => GroupConfigs.ValidateTogether(configs, broker),
    };
}
