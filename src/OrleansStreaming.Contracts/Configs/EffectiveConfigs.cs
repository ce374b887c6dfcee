namespace OrleansStreaming.Contracts.Configs;

/// <summary>
/// Which value applies: the topic's own, else the broker's dynamic value, else the cluster-wide dynamic default, else what the
/// broker was started with, else Kafka's default. Pure; callers pass what is set.
/// </summary>
public static class EffectiveConfigs
{
    private static readonly IReadOnlyDictionary<string, string> _none = new Dictionary<string, string>();

    /// <summary>One topic config.</summary>
    /// <exception cref="KeyNotFoundException">There is no topic config of that name.</exception>
    public static EffectiveConfig Topic(
        string name, IReadOnlyDictionary<string, string>? topicConfigs, BrokerConfigLayers broker) =>
        OfResource(TopicConfigs.All[name], topicConfigs, ConfigSource.TopicConfig, broker);

    /// <summary>The value alone: never null, since every topic config has a default.</summary>
    public static string TopicValue(string name, IReadOnlyDictionary<string, string>? topicConfigs, BrokerConfigLayers broker) =>
        Topic(name, topicConfigs, broker).Value!;

    /// <summary>All topic configs, by name.</summary>
    public static IReadOnlyList<EffectiveConfig> Topic(IReadOnlyDictionary<string, string>? topicConfigs, BrokerConfigLayers broker) =>
        [.. TopicConfigs.All.Keys.Order(StringComparer.Ordinal).Select(name => Topic(name, topicConfigs, broker))];

    /// <summary>One config of a group.</summary>
    /// <exception cref="KeyNotFoundException">There is no group config of that name.</exception>
    public static EffectiveConfig Group(string name, IReadOnlyDictionary<string, string>? groupConfigs, BrokerConfigLayers broker) =>
        OfResource(GroupConfigs.All[name], groupConfigs, ConfigSource.GroupConfig, broker);

    /// <summary>All group configs, by name.</summary>
    public static IReadOnlyList<EffectiveConfig> Group(IReadOnlyDictionary<string, string>? groupConfigs, BrokerConfigLayers broker) =>
        [.. GroupConfigs.All.Keys.Order(StringComparer.Ordinal).Select(name => Group(name, groupConfigs, broker))];

    /// <summary>One config of a broker; in its own unit, so an unset <c>log.retention.ms</c> is null beside its hours.</summary>
    /// <exception cref="KeyNotFoundException">There is no broker config of that name.</exception>
    public static EffectiveConfig Broker(string name, BrokerConfigLayers broker)
    {
        var definition = BrokerConfigs.All[name];
        var synonyms = new List<ConfigSynonym>();
        AddBroker(name, broker, synonyms, null);

        // What another unit says is only worth telling behind a value of this name.
        var first = synonyms.FindIndex(synonym => synonym.Name == name);
        synonyms = first < 0 ? [] : synonyms[first..];
        var value = synonyms.Count == 0 ? definition.Default : synonyms[0].Value;
        return definition.IsSensitive
            ? new EffectiveConfig(definition, null, SourceOf(synonyms), [.. synonyms.Select(synonym => synonym with { Value = null })])
            : new EffectiveConfig(definition, value, SourceOf(synonyms), synonyms);
    }

    /// <summary>All configs of a broker, by name.</summary>
    public static IReadOnlyList<EffectiveConfig> Broker(BrokerConfigLayers broker) =>
        [.. BrokerConfigs.All.Keys.Order(StringComparer.Ordinal).Select(name => Broker(name, broker))];

    /// <summary>What is set as cluster-wide dynamic default, by name: the answer for the broker resource without a name.</summary>
    public static IReadOnlyList<EffectiveConfig> BrokerDefaults(BrokerConfigLayers broker) =>
    [
        .. broker.DynamicDefault
            .Where(entry => BrokerConfigs.All.ContainsKey(entry.Key))
            .OrderBy(entry => entry.Key, StringComparer.Ordinal)
            .Select(entry => Default(BrokerConfigs.All[entry.Key], entry.Value)),
    ];

    /// <summary>
    /// A broker config's value in the unit of <paramref name="name"/>, with coarser units converted, e.g. hours behind
    /// <c>log.retention.ms</c>; null when nothing gives one.
    /// </summary>
    public static string? BrokerValue(string name, BrokerConfigLayers broker) => AddBroker(name, broker, [], null);

    /// <summary>A config of a topic or a group: its own value, else what the broker says under the config's other name.</summary>
    private static EffectiveConfig OfResource(
        ConfigDefinition definition, IReadOnlyDictionary<string, string>? configs, ConfigSource source, BrokerConfigLayers broker)
    {
        var synonyms = new List<ConfigSynonym>();
        string? value = null;
        if ((configs ?? _none).TryGetValue(definition.Name, out var own))
        {
            value = Canonical(definition, own);
            synonyms.Add(new ConfigSynonym(definition.Name, value, source));
        }

        if (definition.BrokerSynonym is { } brokerName)
        {
            value = AddBroker(brokerName, broker, synonyms, value);
        }

        value ??= definition.Default;
        return new EffectiveConfig(definition, value, SourceOf(synonyms), synonyms);
    }

    private static EffectiveConfig Default(ConfigDefinition definition, string value)
    {
        var shown = definition.IsSensitive ? null : Canonical(definition, value);
        return new EffectiveConfig(
            definition, shown, ConfigSource.DynamicDefaultBrokerConfig,
            [new ConfigSynonym(definition.Name, shown, ConfigSource.DynamicDefaultBrokerConfig)]);
    }

    private static string? AddBroker(string name, BrokerConfigLayers broker, List<ConfigSynonym> synonyms, string? value)
    {
        var family = ConfigSynonyms.Of(name);
        value = AddLayer(broker.Dynamic, ConfigSource.DynamicBrokerConfig, value);
        value = AddLayer(broker.DynamicDefault, ConfigSource.DynamicDefaultBrokerConfig, value);
        value = AddLayer(broker.Static, ConfigSource.StaticBrokerConfig, value);
        foreach (var (synonym, factor) in family)
        {
            if (BrokerConfigs.All[synonym].Default is { } given)
            {
                synonyms.Add(new ConfigSynonym(synonym, given, ConfigSource.DefaultConfig));
                value ??= ConfigSynonyms.Convert(given, factor);
            }
        }

        return value;

        string? AddLayer(IReadOnlyDictionary<string, string> layer, ConfigSource source, string? found)
        {
            foreach (var (synonym, factor) in family)
            {
                if (layer.TryGetValue(synonym, out var set))
                {
                    var canonical = Canonical(BrokerConfigs.All[synonym], set);
                    synonyms.Add(new ConfigSynonym(synonym, canonical, source));
                    found ??= ConfigSynonyms.Convert(canonical, factor);
                }
            }

            return found;
        }
    }

    private static ConfigSource SourceOf(List<ConfigSynonym> synonyms) =>
        synonyms.Count == 0 ? ConfigSource.DefaultConfig : synonyms[0].Source;

    private static string Canonical(ConfigDefinition definition, string value) => definition.Type switch
    {
        ConfigType.Password => value,
        ConfigType.Boolean => value.Trim().ToLowerInvariant(),
        ConfigType.List => string.Join(',', ConfigRules.Split(value)),
        _ => value.Trim(),
    };
}
