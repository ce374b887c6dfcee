using OrleansStreaming.Contracts.Cluster;

namespace OrleansStreaming.Cli.Commands.Configs;

/// <summary>Changes of configs as the command line names them.</summary>
internal static class ConfigChanges
{
    /// <param name="set">NAME=VALUE each.</param>
    /// <param name="unset">Names.</param>
    /// <exception cref="Application.UsageException">A text is not NAME=VALUE.</exception>
    public static List<ConfigChange> Of(IEnumerable<string>? set, IEnumerable<string>? unset) =>
    [
        .. NameValues.Parse("--set", set).Select(config => new ConfigChange { Name = config.Key, Operation = ConfigOperation.Set, Value = config.Value }),
        .. (unset ?? []).Select(name => new ConfigChange { Name = name, Operation = ConfigOperation.Delete }),
    ];
}
