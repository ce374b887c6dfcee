using Microsoft.Extensions.Options;
using OrleansStreaming.Contracts.Brokers;
using OrleansStreaming.Contracts.Cluster;
using OrleansStreaming.Contracts.Configs;
using OrleansStreaming.Contracts.Groups;
using OrleansStreaming.Groups.Settings;

namespace OrleansStreaming.Groups.Coordinators;

/// <summary>This broker's configs for its coordinators. One per silo; any thread.</summary>
internal sealed class CoordinatorConfigs(IOptions<BrokerOptions> broker)
{
    private readonly BrokerConfigLayers _layers = new() { Static = new Dictionary<string, string>(broker.Value.Configs) };
    private GroupSettings? _settings;

    public GroupSettings Settings => _settings ??= GroupSettings.From(_layers);

    /// <summary>The largest batch that the offsets topic takes.</summary>
    public int MaxBatchBytes(ClusterImage image) => int.Parse(
        EffectiveConfigs.TopicValue("max.message.bytes", image.Topics.GetValueOrDefault(OffsetsTopic.Name)?.Configs, _layers),
        System.Globalization.CultureInfo.InvariantCulture);
}
