using System.Collections.Frozen;
using System.Globalization;

namespace OrleansStreaming.Contracts.Configs;

/// <summary>Collects definitions while a catalogue is built; one short line per config keeps the catalogue readable.</summary>
internal sealed class ConfigTable
{
    private readonly List<ConfigDefinition> _definitions = [];

    public ConfigTable Boolean(string name, bool? value, string about, ConfigScope scope, string? synonym = null) =>
        Add(name, ConfigType.Boolean, value is null ? null : value.Value ? "true" : "false", about, scope, synonym, ConfigRules.Boolean);

    public ConfigTable Int(
        string name, int? value, string about, ConfigScope scope, string? synonym = null, int min = int.MinValue, int max = int.MaxValue) =>
        Add(name, ConfigType.Int, Text(value), about, scope, synonym, ConfigRules.Int(min, max));

    public ConfigTable Short(string name, short? value, string about, ConfigScope scope, short min = short.MinValue) =>
        Add(name, ConfigType.Short, Text(value), about, scope, null, ConfigRules.Short(min));

    public ConfigTable Long(
        string name, long? value, string about, ConfigScope scope, string? synonym = null, long min = long.MinValue) =>
        Add(name, ConfigType.Long, Text(value), about, scope, synonym, ConfigRules.Long(min));

    public ConfigTable Double(
        string name, string? value, string about, ConfigScope scope, string? synonym = null, double min = double.MinValue, double max = double.MaxValue) =>
        Add(name, ConfigType.Double, value, about, scope, synonym, ConfigRules.Double(min, max));

    public ConfigTable String(
        string name, string? value, string about, ConfigScope scope, string? synonym = null, Func<string, string?>? rule = null) =>
        Add(name, ConfigType.String, value, about, scope, synonym, rule ?? ConfigRules.Any);

    public ConfigTable List(
        string name, string? value, string about, ConfigScope scope, string? synonym = null, Func<string, string?>? rule = null) =>
        Add(name, ConfigType.List, value, about, scope, synonym, rule ?? ConfigRules.Any);

    /// <summary>An int with a rule of its own.</summary>
    public ConfigTable Int(string name, int value, string about, ConfigScope scope, string? synonym, Func<string, string?> rule) =>
        Add(name, ConfigType.Int, Text(value), about, scope, synonym, rule);

    public IReadOnlyDictionary<string, ConfigDefinition> Build() =>
        _definitions.ToFrozenDictionary(definition => definition.Name, StringComparer.Ordinal);

    private static string? Text(long? value) => value?.ToString(CultureInfo.InvariantCulture);

    private ConfigTable Add(
        string name, ConfigType type, string? value, string about, ConfigScope scope, string? synonym, Func<string, string?> rule)
    {
        _definitions.Add(new ConfigDefinition
        {
            Name = name,
            Type = type,
            Default = value,
            Documentation = about,
            BrokerSynonym = synonym,
            IsReadOnly = scope == ConfigScope.ReadOnly,
            IsPerBroker = scope == ConfigScope.PerBroker,
            Validate = rule,
        });
        return this;
    }
}

/// <summary>How far a config may be changed while the broker runs (KIP-226).</summary>
internal enum ConfigScope
{
    /// <summary>Only before start.</summary>
    ReadOnly,

    /// <summary>For one broker.</summary>
    PerBroker,

    /// <summary>For one broker or for all; topic configs too.</summary>
    Dynamic,
}
