using OrleansStreaming.Contracts.Cluster;
using OrleansStreaming.Contracts.Configs;
using OrleansStreaming.Kafka.Admin;
using OrleansStreaming.Kafka.Dispatch;
using OrleansStreaming.Kafka.Protocol.Messages;
using OrleansStreaming.Kafka.Settings;
using OrleansStreaming.Records.Errors;

namespace OrleansStreaming.Kafka.Handlers;

/// <summary>CreateTopics: each topic on its own, by the controller grain wherever it is; answered when the topic is in the metadata.</summary>
internal sealed class CreateTopicsHandler(TopicAdministration topics, BrokerSettings settings)
    : ApiHandler<CreateTopicsRequest>(ApiKey.CreateTopics, new ApiVersionRange(0, 7))
{
    protected override async ValueTask<IResponseMessage?> HandleAsync(RequestContext context, CreateTopicsRequest request)
    {
        var response = new CreateTopicsResponse();
        var repeated = request.Topics.GroupBy(topic => topic.Name, StringComparer.Ordinal).Where(group => group.Count() > 1).Select(group => group.Key).ToHashSet(StringComparer.Ordinal);
        foreach (var name in repeated)
        {
            response.Topics.Add(Refuse(name, ErrorCode.InvalidRequest, "The topic is named more than once in this request."));
        }

        foreach (var topic in request.Topics.Where(topic => !repeated.Contains(topic.Name)))
        {
            response.Topics.Add(await CreateAsync(topic, request, context).ConfigureAwait(false));
        }

        return response;
    }

    private async Task<CreateTopicsResponse.CreatableTopicResult> CreateAsync(CreateTopicsRequest.CreatableTopic topic, CreateTopicsRequest request, RequestContext context)
    {
        if (Check(topic) is { } refusal)
        {
            return refusal;
        }

        var command = new CreateTopicCommand
        {
            Name = topic.Name,
            PartitionCount = topic.Assignments.Count > 0 ? -1 : topic.NumPartitions,
            ReplicationFactor = topic.Assignments.Count > 0 ? (short)-1 : topic.ReplicationFactor,
            Assignments = topic.Assignments.ToDictionary(assignment => assignment.PartitionIndex, assignment => assignment.BrokerIds.ToArray()),
            Configs = topic.Configs.ToDictionary(config => config.Name, config => config.Value!, StringComparer.Ordinal),
            ValidateOnly = request.ValidateOnly,
        };
        var result = await topics.CreateAsync(command, RequestTimeouts.Of(request.TimeoutMs), context.Closed).ConfigureAwait(false);
        if (result.Error is not ErrorCode.None || result.Topic is not { } created)
        {
            return Refuse(topic.Name, result.Error, result.ErrorMessage);
        }

        return new CreateTopicsResponse.CreatableTopicResult
        {
            Name = created.Name,
            TopicId = created.Id.Value,
            NumPartitions = created.Partitions.Count,
            ReplicationFactor = (short)created.Partitions[0].Replicas.Count,
            Configs = [.. EffectiveConfigs.Topic(created.Configs, settings.Layers).Select(config => new CreateTopicsResponse.CreatableTopicConfigs
            {
                Name = config.Definition.Name,
                Value = config.Value,
                ReadOnly = config.Definition.IsReadOnly,
                ConfigSource = (sbyte)config.Source,
                IsSensitive = config.Definition.IsSensitive,
            })],
        };
    }

    private static CreateTopicsResponse.CreatableTopicResult? Check(CreateTopicsRequest.CreatableTopic topic)
    {
        if (topic.Assignments.Count > 0 && (topic.NumPartitions != -1 || topic.ReplicationFactor != -1))
        {
            return Refuse(topic.Name, ErrorCode.InvalidRequest, "With a manual assignment, partitions and replication factor must both be -1.");
        }

        if (topic.Assignments.DistinctBy(assignment => assignment.PartitionIndex).Count() != topic.Assignments.Count)
        {
            return Refuse(topic.Name, ErrorCode.InvalidReplicaAssignment, "A partition is assigned more than once.");
        }

        if (topic.Configs.DistinctBy(config => config.Name).Count() != topic.Configs.Count)
        {
            return Refuse(topic.Name, ErrorCode.InvalidConfig, "A config is named more than once.");
        }

        return topic.Configs.Find(config => config.Value is null) is { } missing
            ? Refuse(topic.Name, ErrorCode.InvalidConfig, $"The config {missing.Name} has no value.")
            : null;
    }

    private static CreateTopicsResponse.CreatableTopicResult Refuse(string name, ErrorCode error, string? message) =>
        new() { Name = name, ErrorCode = (short)error, ErrorMessage = message, Configs = null };
}
