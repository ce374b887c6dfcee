using System.Collections.Immutable;
using System.Globalization;
using OrleansStreaming.Cluster.Configs;
using OrleansStreaming.Contracts.Cluster;
using OrleansStreaming.Records.Errors;

namespace OrleansStreaming.Cluster.Controller;

/// <summary>Decisions about dynamic broker configs, for one broker or, with an empty name, for all. Pure.</summary>
internal static class BrokerConfigChange
{
    public static ControllerDecision Decide(ControllerState state, AlterConfigsCommand command)
    {
        var name = command.ResourceName;
        if (name.Length > 0)
        {
            if (!int.TryParse(name, NumberStyles.None, CultureInfo.InvariantCulture, out var id))
            {
                return ControllerDecision.Refuse(state, ErrorCode.InvalidRequest, $"'{name}' is not a broker id.");
            }

            if (!state.Brokers.ContainsKey(id))
            {
                return ControllerDecision.Refuse(state, ErrorCode.InvalidRequest, $"Broker {id} is not registered.");
            }

            name = id.ToString(CultureInfo.InvariantCulture);
        }

        var current = state.BrokerConfigs.GetValueOrDefault(name) ?? ImmutableDictionary<string, string>.Empty;
        var edit = ConfigEditor.Apply(current, command, name.Length == 0 ? ConfigRuleset.ClusterWide : ConfigRuleset.Broker);
        if (edit.Error != ErrorCode.None)
        {
            return ControllerDecision.Refuse(state, edit.Error, edit.Message!);
        }

        return ControllerDecision.Accept(
            ReferenceEquals(edit.Configs, current) ? state : state with { BrokerConfigs = state.BrokerConfigs.SetItem(name, edit.Configs) });
    }
}
