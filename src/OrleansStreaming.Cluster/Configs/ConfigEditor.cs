using System.Collections.Immutable;
using OrleansStreaming.Contracts.Cluster;
using OrleansStreaming.Contracts.Configs;
using OrleansStreaming.Records.Errors;

namespace OrleansStreaming.Cluster.Configs;

/// <summary>The configs after an edit, the same instance when nothing changed; or why it was refused.</summary>
public readonly record struct ConfigEdit(ErrorCode Error, string? Message, ImmutableDictionary<string, string> Configs);

/// <summary>Applies Kafka's config operations to the entries set on one resource: all of them or none. Pure.</summary>
public static class ConfigEditor
{
    public static ConfigEdit Apply(ImmutableDictionary<string, string> current, AlterConfigsCommand command, ConfigRuleset rules)
    {
        var duplicate = command.Changes.GroupBy(change => change.Name, StringComparer.Ordinal).FirstOrDefault(group => group.Count() > 1);
        if (duplicate is not null)
        {
            return Refuse(ErrorCode.InvalidRequest, $"Config '{duplicate.Key}' is named more than once.");
        }

        var edited = command.ReplaceAll ? ImmutableDictionary<string, string>.Empty : current;
        foreach (var change in command.Changes)
        {
            var (error, message) = Apply(ref edited, current, change, rules);
            if (error != ErrorCode.None)
            {
                return Refuse(error, message!);
            }
        }

        if (rules.Together(edited) is { } conflict)
        {
            return Refuse(ErrorCode.InvalidConfig, conflict);
        }

        return new ConfigEdit(ErrorCode.None, null, Same(edited, current) ? current : edited);

        ConfigEdit Refuse(ErrorCode code, string reason) => new(code, reason, current);
    }

    /// <summary>Null when these entries may be set on a new topic, else why not.</summary>
    public static string? ValidateTopic(IReadOnlyDictionary<string, string> configs)
    {
        foreach (var (name, value) in configs)
        {
            if (value is null)
            {
                return $"Config '{name}' has no value.";
            }

            if (TopicConfigs.Validate(name, value) is { } reason)
            {
                return reason;
            }
        }

        return ConfigRuleset.Topic.Together(configs);
    }

    private static (ErrorCode Error, string? Message) Apply(
        ref ImmutableDictionary<string, string> edited, ImmutableDictionary<string, string> current, ConfigChange change, ConfigRuleset rules)
    {
        rules.Definitions.TryGetValue(change.Name, out var definition);
        if (change.Operation == ConfigOperation.Delete)
        {
            edited = edited.Remove(change.Name);
            return definition is null && !current.ContainsKey(change.Name)
                ? (ErrorCode.InvalidConfig, $"Unknown {rules.Kind} config name: {change.Name}")
                : default;
        }

        if (change.Value is null)
        {
            return (ErrorCode.InvalidRequest, $"Config '{change.Name}' has no value.");
        }

        var value = change.Value;
        if (change.Operation is ConfigOperation.Append or ConfigOperation.Subtract)
        {
            if (definition is { Type: not ConfigType.List })
            {
                return (ErrorCode.InvalidConfig, $"Config '{change.Name}' is not a list: {change.Operation} does not apply.");
            }

            value = EditList(current.GetValueOrDefault(change.Name) ?? definition?.Default ?? "", change);
        }

        if (rules.Validate(change.Name, value) is { } reason)
        {
            return (definition is { IsReadOnly: true } ? ErrorCode.InvalidRequest : ErrorCode.InvalidConfig, reason);
        }

        edited = edited.SetItem(change.Name, value);
        return default;
    }

    private static string EditList(string current, ConfigChange change)
    {
        var items = Split(current);
        var named = Split(change.Value!);
        return string.Join(',', change.Operation == ConfigOperation.Append ? items.Union(named) : items.Except(named));
    }

    private static string[] Split(string list) =>
        list.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);

    private static bool Same(ImmutableDictionary<string, string> left, ImmutableDictionary<string, string> right) =>
        ReferenceEquals(left, right)
        || (left.Count == right.Count && left.All(entry => right.TryGetValue(entry.Key, out var value) && value == entry.Value));
}
