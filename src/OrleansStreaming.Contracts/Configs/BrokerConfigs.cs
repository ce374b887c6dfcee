namespace OrleansStreaming.Contracts.Configs;

/// <summary>
/// Broker configs that the product honours or that tools ask for: names, types, defaults and limits of Apache Kafka 4, grouped
/// by what they govern.
/// </summary>
public static partial class BrokerConfigs
{
    public static IReadOnlyDictionary<string, ConfigDefinition> All { get; } = Build();

    /// <summary>Null when a broker may have this config with this value, else why not; unknown names are refused.</summary>
    public static string? Validate(string name, string value) =>
        !All.TryGetValue(name, out var definition)
            ? $"Unknown broker config name: {name}"
            : definition.Validate(value) is { } reason ? $"Invalid value '{value}' for {name}: {reason}." : null;

    /// <summary>
    /// Null when AlterConfigs may set this config, else why not: unknown, read-only, out of range, or, as the cluster-wide
    /// default, meaningful for one broker only.
    /// </summary>
    public static string? ValidateDynamic(string name, string value, bool clusterWide) =>
        All.TryGetValue(name, out var definition) && definition.IsReadOnly
            ? $"{name} cannot be changed while the broker runs."
            : clusterWide && definition is { IsPerBroker: true }
                ? $"{name} can only be set for one broker, not as the default of all."
                : Validate(name, value);

    private static IReadOnlyDictionary<string, ConfigDefinition> Build()
    {
        var table = new ConfigTable();
        AddEndpoint(table);
        AddLog(table);
        AddReplication(table);
        AddCoordinators(table);
        return table.Build();
    }
}
