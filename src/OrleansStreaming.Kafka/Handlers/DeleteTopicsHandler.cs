using OrleansStreaming.Contracts.Cluster;
using OrleansStreaming.Kafka.Admin;
using OrleansStreaming.Kafka.Dispatch;
using OrleansStreaming.Kafka.Protocol.Messages;
using OrleansStreaming.Kafka.Settings;
using OrleansStreaming.Records.Errors;
using OrleansStreaming.Records.Ids;

namespace OrleansStreaming.Kafka.Handlers;

/// <summary>DeleteTopics, by name or (from v6) by id; answered when the topic is gone from the metadata.</summary>
internal sealed class DeleteTopicsHandler(TopicAdministration topics, IClusterMetadata metadata, BrokerSettings settings)
    : ApiHandler<DeleteTopicsRequest>(ApiKey.DeleteTopics, new ApiVersionRange(0, 6))
{
    protected override async ValueTask<IResponseMessage?> HandleAsync(RequestContext context, DeleteTopicsRequest request)
    {
        var response = new DeleteTopicsResponse();
        var asked = context.Version >= 6
            ? request.Topics
            : request.TopicNames.ConvertAll(name => new DeleteTopicsRequest.DeleteTopicState { Name = name });
        foreach (var topic in asked)
        {
            response.Responses.Add(await DeleteAsync(topic, RequestTimeouts.Of(request.TimeoutMs), context).ConfigureAwait(false));
        }

        return response;
    }

    private async Task<DeleteTopicsResponse.DeletableTopicResult> DeleteAsync(DeleteTopicsRequest.DeleteTopicState topic, TimeSpan timeout, RequestContext context)
    {
        var answer = new DeleteTopicsResponse.DeletableTopicResult { Name = topic.Name, TopicId = topic.TopicId };
        if (!settings.Bool("delete.topic.enable"))
        {
            var disabled = context.Version < 3 ? ErrorCode.InvalidRequest : ErrorCode.TopicDeletionDisabled;
            return Answer(answer, disabled, "delete.topic.enable is false on this broker.");
        }

        if ((topic.Name is null) == (topic.TopicId == Guid.Empty))
        {
            return Answer(answer, ErrorCode.InvalidRequest, "Name the topic or give its id, one of the two.");
        }

        var image = metadata.Current;
        if (topic.Name is null && image.TopicsById.TryGetValue(new TopicId(topic.TopicId), out var byId))
        {
            answer.Name = byId.Name;
        }
        else if (topic.Name is not null && image.Topics.TryGetValue(topic.Name, out var byName))
        {
            answer.TopicId = byName.Id.Value;
        }

        var result = await topics.DeleteAsync(
            new DeleteTopicCommand { Name = topic.Name, TopicId = new TopicId(topic.TopicId) }, timeout, context.Closed).ConfigureAwait(false);
        return Answer(answer, result.Error, result.ErrorMessage);
    }

    private static DeleteTopicsResponse.DeletableTopicResult Answer(DeleteTopicsResponse.DeletableTopicResult answer, ErrorCode error, string? message)
    {
        (answer.ErrorCode, answer.ErrorMessage) = ((short)error, message);
        return answer;
    }
}
