using System.Globalization;
using Microsoft.Extensions.Options;
using Orleans;
using Orleans.Concurrency;
using OrleansStreaming.Contracts.Brokers;
using OrleansStreaming.Contracts.Cluster;
using OrleansStreaming.Contracts.Configs;
using OrleansStreaming.Records.Errors;

namespace OrleansStreaming.Replication.Brokers;

/// <summary>Answers from the metadata cache and what this broker was started with.</summary>
[GrainType("broker-configs"), Reentrant, BrokerPinned]
internal sealed class BrokerConfigsGrain(IClusterMetadata metadata, IOptions<BrokerOptions> options) : Grain, IBrokerConfigsGrain
{
    private static readonly IReadOnlyDictionary<string, string> _none = new Dictionary<string, string>();

    private readonly string _self = options.Value.BrokerId.ToString(CultureInfo.InvariantCulture);

    public Task<DescribeConfigsResult> Describe(ConfigResourceType type, string name) => Task.FromResult(type switch
    {
        ConfigResourceType.Topic => metadata.Current.Topics.TryGetValue(name, out var topic)
            ? Answer(EffectiveConfigs.Topic(topic.Configs, Layers()))
            : new DescribeConfigsResult { Error = ErrorCode.UnknownTopicOrPartition },
        ConfigResourceType.Broker when name.Length == 0 => Answer(EffectiveConfigs.BrokerDefaults(Layers())),
        ConfigResourceType.Broker when name == _self => Answer(EffectiveConfigs.Broker(Layers())),
        ConfigResourceType.Group when name.Length > 0 => Answer(EffectiveConfigs.Group(metadata.Current.GroupConfigs.GetValueOrDefault(name), Layers())),
        _ => new DescribeConfigsResult { Error = ErrorCode.InvalidRequest },
    });

    private BrokerConfigLayers Layers() => new()
    {
        Dynamic = metadata.Current.BrokerConfigs.GetValueOrDefault(_self, _none),
        DynamicDefault = metadata.Current.BrokerConfigs.GetValueOrDefault("", _none),
        Static = (IReadOnlyDictionary<string, string>)options.Value.Configs.AsReadOnly(),
    };

    private static DescribeConfigsResult Answer(IReadOnlyList<EffectiveConfig> configs) => new()
    {
        Configs = [.. configs.Select(config => new DescribedConfig { Name = config.Definition.Name, Value = config.Value, Source = config.Source })],
    };
}
