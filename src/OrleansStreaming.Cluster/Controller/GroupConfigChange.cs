using System.Collections.Immutable;
using OrleansStreaming.Cluster.Configs;
using OrleansStreaming.Contracts.Cluster;
using OrleansStreaming.Records.Errors;

namespace OrleansStreaming.Cluster.Controller;

/// <summary>Decisions about the configs of consumer groups, which need not exist yet. Pure.</summary>
internal static class GroupConfigChange
{
    public static ControllerDecision Decide(ControllerState state, AlterConfigsCommand command, ControllerRules rules)
    {
        var group = command.ResourceName;
        if (group.Length == 0)
        {
            return ControllerDecision.Refuse(state, ErrorCode.InvalidRequest, "There is no default for all groups: name one. The broker configs group.consumer.* are the default.");
        }

        var current = state.GroupConfigs.GetValueOrDefault(group) ?? ImmutableDictionary<string, string>.Empty;
        var edit = ConfigEditor.Apply(current, command, rules.GroupConfigs);
        return edit.Error != ErrorCode.None ? ControllerDecision.Refuse(state, edit.Error, edit.Message!)
            : ReferenceEquals(edit.Configs, current) ? ControllerDecision.Accept(state)
            : ControllerDecision.Accept(state with
            {
                GroupConfigs = edit.Configs.IsEmpty ? state.GroupConfigs.Remove(group) : state.GroupConfigs.SetItem(group, edit.Configs),
            });
    }
}
