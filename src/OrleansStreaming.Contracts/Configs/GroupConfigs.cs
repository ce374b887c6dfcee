using System.Globalization;
using static OrleansStreaming.Contracts.Configs.ConfigScope;

namespace OrleansStreaming.Contracts.Configs;

/// <summary>
/// Every config that can be set on a consumer group (KIP-848): names, types, defaults and limits of Apache Kafka 4. All are dynamic,
/// and a member obeys from its next heartbeat on.
/// </summary>
public static class GroupConfigs
{
    public const string SessionTimeoutMs = "consumer.session.timeout.ms";

    public const string HeartbeatIntervalMs = "consumer.heartbeat.interval.ms";

    public static IReadOnlyDictionary<string, ConfigDefinition> All { get; } = Build();

    /// <summary>Null when a group may have this config with this value, else why not; unknown names are refused.</summary>
    public static string? Validate(string name, string value) =>
        !All.TryGetValue(name, out var definition)
            ? $"Unknown group config name: {name}"
            : definition.Validate(value) is { } reason ? $"Invalid value '{value}' for {name}: {reason}." : null;

    /// <summary>
    /// Null when a group's own configs, each valid by itself, lie within what the brokers allow and fit together, else why not.
    /// </summary>
    public static string? ValidateTogether(IReadOnlyDictionary<string, string> configs, BrokerConfigLayers broker)
    {
        foreach (var name in All.Keys)
        {
            var value = Number(EffectiveConfigs.Group(name, configs, broker).Value!);
            var (min, max) = BoundsOf(name);
            var (least, most) = (Number(EffectiveConfigs.BrokerValue(min, broker)!), Number(EffectiveConfigs.BrokerValue(max, broker)!));
            if (configs.ContainsKey(name) && (value < least || value > most))
            {
                return value < least
                    ? $"{name} ({value}) must not be less than {min} ({least})."
                    : $"{name} ({value}) must not be greater than {max} ({most}).";
            }
        }

        var session = Number(EffectiveConfigs.Group(SessionTimeoutMs, configs, broker).Value!);
        var heartbeat = Number(EffectiveConfigs.Group(HeartbeatIntervalMs, configs, broker).Value!);
        return session <= heartbeat ? $"{SessionTimeoutMs} ({session}) must be greater than {HeartbeatIntervalMs} ({heartbeat})." : null;
    }

    /// <summary>The broker configs between which a group's value must lie.</summary>
    private static (string Min, string Max) BoundsOf(string name)
    {
        var rest = name["consumer.".Length..];
        return ($"group.consumer.min.{rest}", $"group.consumer.max.{rest}");
    }

    private static int Number(string value) => int.Parse(value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);

    private static IReadOnlyDictionary<string, ConfigDefinition> Build() => new ConfigTable()
        .Int(HeartbeatIntervalMs, 5_000, "How often a member of the group is to send heartbeats, in ms.", Dynamic, "group.consumer.heartbeat.interval.ms", 1)
        .Int(SessionTimeoutMs, 45_000, "How long a member of the group may be silent before it is removed, in ms.", Dynamic, "group.consumer.session.timeout.ms", 1)
        .Build();
}
