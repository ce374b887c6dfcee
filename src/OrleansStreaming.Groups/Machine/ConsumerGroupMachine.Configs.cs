using System.Globalization;
using OrleansStreaming.Contracts.Configs;

namespace OrleansStreaming.Groups.Machine;

internal sealed partial class ConsumerGroupMachine
{
    /// <summary>How long a member of the consumer protocol may be silent, from its last heartbeat on.</summary>
    private int SessionTimeoutMs =>
        OwnConfig(GroupConfigs.SessionTimeoutMs, settings.ConsumerSessionTimeoutBoundsMs) ?? settings.ConsumerSessionTimeoutMs;

    private int HeartbeatIntervalMs =>
        OwnConfig(GroupConfigs.HeartbeatIntervalMs, settings.ConsumerHeartbeatIntervalBoundsMs) ?? settings.ConsumerHeartbeatIntervalMs;

    /// <summary>
    /// What was set on this group; null without. The bounds are those of this broker, which may have been started with others than
    /// the controller that took the value.
    /// </summary>
    private int? OwnConfig(string name, (int Min, int Max) bounds) =>
        image().GroupConfigs.TryGetValue(groupId, out var configs) && configs.TryGetValue(name, out var value)
            ? Math.Max(Math.Min(int.Parse(value, NumberStyles.AllowLeadingWhite | NumberStyles.AllowTrailingWhite | NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture), bounds.Max), bounds.Min)
            : null;
}
