using System.Globalization;
using Microsoft.Extensions.Options;
using OrleansStreaming.Contracts.Cluster;
using OrleansStreaming.Contracts.Configs;
using OrleansStreaming.Kafka.Dispatch;
using OrleansStreaming.Kafka.Protocol.Messages;
using OrleansStreaming.Kafka.Settings;
using OrleansStreaming.Records.Errors;

namespace OrleansStreaming.Kafka.Handlers;

/// <summary>DescribeConfigs of topics, of consumer groups, of this broker and of the cluster-wide broker defaults, with where each value comes from (KIP-226); version 0 only says whether it is the default.</summary>
internal sealed class DescribeConfigsHandler(IClusterMetadata metadata, BrokerSettings settings, IOptions<KafkaEndpointOptions> options)
    : ApiHandler<DescribeConfigsRequest>(ApiKey.DescribeConfigs, new ApiVersionRange(0, 4))
{
    protected override ValueTask<IResponseMessage?> HandleAsync(RequestContext context, DescribeConfigsRequest request)
    {
        var response = new DescribeConfigsResponse();
        foreach (var resource in request.Resources)
        {
            response.Results.Add(Describe(context, resource, request));
        }

        return ValueTask.FromResult<IResponseMessage?>(response);
    }

    private DescribeConfigsResponse.DescribeConfigsResult Describe(
        RequestContext context,
        DescribeConfigsRequest.DescribeConfigsResource resource,
        DescribeConfigsRequest request)
    {
        var result = new DescribeConfigsResponse.DescribeConfigsResult { ResourceType = resource.ResourceType, ResourceName = resource.ResourceName };
        var (configs, error, message) = Find(resource);
        (result.ErrorCode, result.ErrorMessage) = ((short)error, message);
        var wanted = resource.ConfigurationKeys is { Count: > 0 } keys ? keys.ToHashSet(StringComparer.Ordinal) : null;
        result.Configs.AddRange(configs
            .Where(config => wanted is null || wanted.Contains(config.Definition.Name))
            .Select(config => Describe(context, config, request)));
        return result;
    }

    private (IReadOnlyList<EffectiveConfig> Configs, ErrorCode Error, string? Message) Find(DescribeConfigsRequest.DescribeConfigsResource resource)
    {
        switch ((ConfigResourceType)resource.ResourceType)
        {
            case ConfigResourceType.Topic:
                return metadata.Current.Topics.TryGetValue(resource.ResourceName, out var topic)
                    ? (EffectiveConfigs.Topic(topic.Configs, settings.Layers), ErrorCode.None, null)
                    : ([], ErrorCode.UnknownTopicOrPartition, $"There is no topic {resource.ResourceName}.");
            case ConfigResourceType.Broker when resource.ResourceName.Length == 0:
                return (EffectiveConfigs.BrokerDefaults(settings.Layers), ErrorCode.None, null);
            case ConfigResourceType.Broker when resource.ResourceName == options.Value.BrokerId.ToString(CultureInfo.InvariantCulture):
                return (EffectiveConfigs.Broker(settings.Layers), ErrorCode.None, null);
            case ConfigResourceType.Broker:
                return ([], ErrorCode.InvalidRequest, $"Ask broker {resource.ResourceName} itself: this is broker {options.Value.BrokerId}.");
            case ConfigResourceType.Group when resource.ResourceName.Length > 0:
                return (EffectiveConfigs.Group(metadata.Current.GroupConfigs.GetValueOrDefault(resource.ResourceName), settings.Layers), ErrorCode.None, null);
            case ConfigResourceType.Group:
                return ([], ErrorCode.InvalidRequest, "Name a group: there is no default for all.");
            case ConfigResourceType.BrokerLogger or ConfigResourceType.ClientMetrics:
                return ([], ErrorCode.None, null);
            default:
                return ([], ErrorCode.InvalidRequest, $"There is no resource type {resource.ResourceType}.");
        }
    }

    private static DescribeConfigsResponse.DescribeConfigsResourceResult Describe(RequestContext context, EffectiveConfig config, DescribeConfigsRequest request) => new()
    {
        Name = config.Definition.Name,
        Value = config.Value,
        ReadOnly = config.Definition.IsReadOnly,
        IsDefault = context.Version == 0 && config.Source is ConfigSource.DefaultConfig,
        ConfigSource = (sbyte)config.Source,
        IsSensitive = config.Definition.IsSensitive,
        ConfigType = (sbyte)config.Definition.Type,
        Documentation = request.IncludeDocumentation ? config.Definition.Documentation : null,
        Synonyms = request.IncludeSynonyms
            ? [.. config.Synonyms.Select(synonym => new DescribeConfigsResponse.DescribeConfigsSynonym { Name = synonym.Name, Value = synonym.Value, Source = (sbyte)synonym.Source })]
            : [],
    };
}
