using OrleansStreaming.Contracts.Cluster;
using OrleansStreaming.Contracts.Groups;
using OrleansStreaming.Kafka.Admin;
using OrleansStreaming.Kafka.Dispatch;
using OrleansStreaming.Kafka.Groups;
using OrleansStreaming.Kafka.Protocol.Messages;
using OrleansStreaming.Kafka.Replicas;
using OrleansStreaming.Kafka.Settings;
using OrleansStreaming.Records.Errors;
using OrleansStreaming.Records.Ids;

namespace OrleansStreaming.Kafka.Handlers;

/// <summary>
/// Metadata: brokers and topics from this broker's image of the cluster; topics that do not exist are created when client and
/// broker allow it. Null asks for all topics and empty for none; in v0, empty asks for all.
/// </summary>
internal sealed class MetadataHandler(IClusterMetadata metadata, TopicAdministration topics, OffsetsTopicCreation offsets, BrokerSettings settings)
    : ApiHandler<MetadataRequest>(ApiKey.Metadata, new ApiVersionRange(0, 13))
{
    /// <summary>Versions 10 and 11 have a field for the topic's id, but only answers use it.</summary>
    private const short FirstById = 12;

    protected override async ValueTask<IResponseMessage?> HandleAsync(RequestContext context, MetadataRequest request)
    {
        if (context.Version < FirstById && request.Topics is { } asked && asked.Exists(topic => topic.Name is null || topic.TopicId != Guid.Empty))
        {
            return RefuseIds(asked);
        }

        var all = request.Topics is null || (context.Version == 0 && request.Topics.Count == 0);
        var refusals = all ? [] : await CreateMissingAsync(context, request).ConfigureAwait(false);
        var image = metadata.Current;
        var response = new MetadataResponse { ClusterId = image.ClusterId, ControllerId = AdminRoute.ControllerOf(image) };
        foreach (var broker in image.Brokers.Values.Where(broker => broker.IsAlive))
        {
            response.Brokers.Add(new MetadataResponse.MetadataResponseBroker { NodeId = broker.Id.Value, Host = broker.Host, Port = broker.Port, Rack = broker.Rack });
        }

        if (all)
        {
            response.Topics.AddRange(image.Topics.Values.Select(topic => Describe(topic, image, request, context.Version)));
        }
        else
        {
            response.Topics.AddRange(request.Topics!.Select(topic => Describe(topic, image, request, refusals, context.Version)));
        }

        if (request.IncludeClusterAuthorizedOperations)
        {
            response.ClusterAuthorizedOperations = AuthorizedOperations.Cluster;
        }

        return response;
    }

    private static MetadataResponse RefuseIds(List<MetadataRequest.MetadataRequestTopic> asked)
    {
        var response = new MetadataResponse();
        response.Topics.AddRange(asked.Select(topic => new MetadataResponse.MetadataResponseTopic
        {
            ErrorCode = (short)ErrorCode.InvalidRequest,
            Name = topic.Name ?? "",
            TopicId = topic.TopicId,
        }));
        return response;
    }

    private async Task<Dictionary<string, ErrorCode>> CreateMissingAsync(RequestContext context, MetadataRequest request)
    {
        var refusals = new Dictionary<string, ErrorCode>(StringComparer.Ordinal);
        if (!(context.Version < 4 || request.AllowAutoTopicCreation) || !settings.Bool("auto.create.topics.enable"))
        {
            return refusals;
        }

        foreach (var name in request.Topics!.Select(topic => topic.Name).OfType<string>().Distinct())
        {
            if (metadata.Current.Topics.ContainsKey(name))
            {
                continue;
            }

            if (name == OffsetsTopic.Name)
            {
                // Its own partition count and compaction, not those of a topic that anybody names.
                await offsets.EnsureAsync(context.Closed).ConfigureAwait(false);
                continue;
            }

            var created = await topics.CreateAsync(new CreateTopicCommand { Name = name }, RequestTimeouts.Default, context.Closed).ConfigureAwait(false);
            if (created.Error is not (ErrorCode.None or ErrorCode.TopicAlreadyExists))
            {
                refusals[name] = created.Error is ErrorCode.InvalidTopicException ? created.Error : ErrorCode.UnknownTopicOrPartition;
            }
        }

        return refusals;
    }

    private static MetadataResponse.MetadataResponseTopic Describe(
        MetadataRequest.MetadataRequestTopic asked, ClusterImage image, MetadataRequest request, Dictionary<string, ErrorCode> refusals, short version)
    {
        var byId = asked.TopicId != Guid.Empty;
        var known = byId
            ? image.TopicsById.GetValueOrDefault(new TopicId(asked.TopicId))
            : image.Topics.GetValueOrDefault(asked.Name ?? "");
        if (known is not null)
        {
            return Describe(known, image, request, version);
        }

        var error = byId ? ErrorCode.UnknownTopicId : refusals.GetValueOrDefault(asked.Name ?? "", ErrorCode.UnknownTopicOrPartition);
        return new MetadataResponse.MetadataResponseTopic { ErrorCode = (short)error, Name = asked.Name, TopicId = asked.TopicId };
    }

    private static MetadataResponse.MetadataResponseTopic Describe(TopicDescription topic, ClusterImage image, MetadataRequest request, short version)
    {
        var described = new MetadataResponse.MetadataResponseTopic { Name = topic.Name, TopicId = topic.Id.Value, IsInternal = topic.IsInternal };
        foreach (var partition in topic.Partitions)
        {
            described.Partitions.Add(Describe(partition, image, version));
        }

        if (request.IncludeTopicAuthorizedOperations)
        {
            described.TopicAuthorizedOperations = AuthorizedOperations.Topic;
        }

        return described;
    }

    /// <summary>In v0 brokers that are down are left out everywhere, and named by an error instead: it has no offline replicas.</summary>
    private static MetadataResponse.MetadataResponsePartition Describe(PartitionDescription partition, ClusterImage image, short version)
    {
        var hasLeader = Topics.IsOnline(image, partition.Leader);
        var offline = partition.Replicas.Where(replica => !Topics.IsOnline(image, replica)).Select(replica => replica.Value).ToList();
        var hidden = version == 0 ? offline : [];
        var error = !hasLeader ? ErrorCode.LeaderNotAvailable : hidden.Count > 0 ? ErrorCode.ReplicaNotAvailable : ErrorCode.None;
        return new MetadataResponse.MetadataResponsePartition
        {
            ErrorCode = (short)error,
            PartitionIndex = partition.Partition,
            LeaderId = hasLeader ? partition.Leader.Value : -1,
            LeaderEpoch = partition.LeaderEpoch.Value,
            ReplicaNodes = [.. partition.Replicas.Select(replica => replica.Value).Except(hidden)],
            IsrNodes = [.. partition.InSyncReplicas.Select(replica => replica.Value).Except(hidden)],
            OfflineReplicas = offline,
        };
    }
}
