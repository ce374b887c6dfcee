using System.Globalization;
using OrleansStreaming.Contracts.Cluster;
using OrleansStreaming.Kafka.Dispatch;
using OrleansStreaming.Kafka.Protocol.Messages;
using OrleansStreaming.Records.Errors;

namespace OrleansStreaming.Kafka.Handlers;

/// <summary>
/// ListConfigResources: whatever can have, or for groups has, configs of its own (KIP-1142). Version 0 lists client metrics
/// subscriptions alone, which are none here.
/// </summary>
internal sealed class ListConfigResourcesHandler(IClusterMetadata metadata)
    : ApiHandler<ListConfigResourcesRequest>(ApiKey.ListConfigResources, new ApiVersionRange(0, 1))
{
    private static readonly ConfigResourceType[] _all =
        [ConfigResourceType.Topic, ConfigResourceType.Broker, ConfigResourceType.BrokerLogger, ConfigResourceType.ClientMetrics, ConfigResourceType.Group];

    protected override ValueTask<IResponseMessage?> HandleAsync(RequestContext context, ListConfigResourcesRequest request)
    {
        var asked = request.ResourceTypes.ConvertAll(static type => (ConfigResourceType)type);
        var types = context.Version == 0 ? [ConfigResourceType.ClientMetrics] : asked.Count == 0 ? _all : asked.Distinct().ToArray();
        var response = new ListConfigResourcesResponse();
        if (types.Except(_all).Any())
        {
            response.ErrorCode = (short)ErrorCode.UnsupportedVersion;
            return ValueTask.FromResult<IResponseMessage?>(response);
        }

        var image = metadata.Current;
        foreach (var type in types)
        {
            response.ConfigResources.AddRange(NamesOf(type, image).Select(name =>
                new ListConfigResourcesResponse.ConfigResource { ResourceName = name, ResourceType = (sbyte)type }));
        }

        return ValueTask.FromResult<IResponseMessage?>(response);
    }

    private static IEnumerable<string> NamesOf(ConfigResourceType type, ClusterImage image) => type switch
    {
        ConfigResourceType.Topic => image.Topics.Keys,
        ConfigResourceType.Broker or ConfigResourceType.BrokerLogger => image.Brokers.Values
            .Where(broker => broker.IsAlive)
            .Select(broker => broker.Id.Value.ToString(CultureInfo.InvariantCulture)),
        ConfigResourceType.Group => image.GroupConfigs.Keys.Order(StringComparer.Ordinal),
        _ => [],
    };
}
