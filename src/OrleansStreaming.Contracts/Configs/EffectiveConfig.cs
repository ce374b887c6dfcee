namespace OrleansStreaming.Contracts.Configs;

/// <summary>Where a config's value comes from. Values are the wire's (KIP-226).</summary>
public enum ConfigSource : byte
{
    Unknown = 0,
    TopicConfig = 1,
    DynamicBrokerConfig = 2,
    DynamicDefaultBrokerConfig = 3,
    StaticBrokerConfig = 4,
    DefaultConfig = 5,
    DynamicBrokerLoggerConfig = 6,
    ClientMetricsConfig = 7,
    GroupConfig = 8,
}

/// <summary>One of the values a config could have taken, in its own unit.</summary>
public readonly record struct ConfigSynonym(string Name, string? Value, ConfigSource Source);

/// <summary>A config as it applies: its value, where that came from, and everything that was asked, most telling first.</summary>
/// <param name="Value">Null when nothing gives one, and for secrets.</param>
public sealed record EffectiveConfig(
    ConfigDefinition Definition,
    string? Value,
    ConfigSource Source,
    IReadOnlyList<ConfigSynonym> Synonyms);

/// <summary>What has been set on a broker, by how it was set; names not set are absent.</summary>
public sealed class BrokerConfigLayers
{
    private static readonly IReadOnlyDictionary<string, string> _none = new Dictionary<string, string>();

    public static readonly BrokerConfigLayers Empty = new();

    /// <summary>Set by AlterConfigs on this broker.</summary>
    public IReadOnlyDictionary<string, string> Dynamic { get; init; } = _none;

    /// <summary>Set by AlterConfigs for all brokers.</summary>
    public IReadOnlyDictionary<string, string> DynamicDefault { get; init; } = _none;

    /// <summary>Given at start.</summary>
    public IReadOnlyDictionary<string, string> Static { get; init; } = _none;
}
