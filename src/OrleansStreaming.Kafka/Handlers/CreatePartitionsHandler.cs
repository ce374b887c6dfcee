using OrleansStreaming.Contracts.Cluster;
using OrleansStreaming.Kafka.Admin;
using OrleansStreaming.Kafka.Dispatch;
using OrleansStreaming.Kafka.Protocol.Messages;
using OrleansStreaming.Records.Errors;

namespace OrleansStreaming.Kafka.Handlers;

/// <summary>CreatePartitions: grows topics, never shrinks them (KIP-195).</summary>
internal sealed class CreatePartitionsHandler(TopicAdministration topics)
    : ApiHandler<CreatePartitionsRequest>(ApiKey.CreatePartitions, new ApiVersionRange(0, 3))
{
    protected override async ValueTask<IResponseMessage?> HandleAsync(RequestContext context, CreatePartitionsRequest request)
    {
        var response = new CreatePartitionsResponse();
        foreach (var sameName in request.Topics.GroupBy(topic => topic.Name, StringComparer.Ordinal))
        {
            var result = sameName.Count() > 1
                ? TopicCommandResult.Refused(ErrorCode.InvalidRequest, "The topic is named more than once in this request.")
                : await CreateAsync(sameName.Single(), request, context.Closed).ConfigureAwait(false);
            response.Results.Add(new CreatePartitionsResponse.CreatePartitionsTopicResult
            {
                Name = sameName.Key,
                ErrorCode = (short)result.Error,
                ErrorMessage = result.ErrorMessage,
            });
        }

        return response;
    }

    private Task<TopicCommandResult> CreateAsync(CreatePartitionsRequest.CreatePartitionsTopic topic, CreatePartitionsRequest request, CancellationToken closed) =>
        topics.CreatePartitionsAsync(
            new CreatePartitionsCommand
            {
                Name = topic.Name,
                TotalCount = topic.Count,
                NewAssignments = topic.Assignments?.ConvertAll(assignment => assignment.BrokerIds.ToArray()),
                ValidateOnly = request.ValidateOnly,
            },
            RequestTimeouts.Of(request.TimeoutMs),
            closed);
}
