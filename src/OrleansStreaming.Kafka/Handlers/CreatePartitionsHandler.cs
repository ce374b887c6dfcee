using OrleansStreaming.Contracts.Cluster;
using OrleansStreaming.Kafka.Admin;
using OrleansStreaming.Kafka.Dispatch;
using OrleansStreaming.Kafka.Protocol.Messages;

namespace OrleansStreaming.Kafka.Handlers;

/// <summary>CreatePartitions: grows topics, never shrinks them (KIP-195).</summary>
internal sealed class CreatePartitionsHandler(TopicAdministration topics)
    : ApiHandler<CreatePartitionsRequest>(ApiKey.CreatePartitions, new ApiVersionRange(0, 3))
{
    protected override async ValueTask<IResponseMessage?> HandleAsync(RequestContext context, CreatePartitionsRequest request)
    {
        var response = new CreatePartitionsResponse();
        var results = await NamedOnce.RunAsync(
            request.Topics, topic => topic.Name, "topic", topic => CreateAsync(topic, request, context.Closed)).ConfigureAwait(false);
        foreach (var (name, result) in results)
        {
            response.Results.Add(new CreatePartitionsResponse.CreatePartitionsTopicResult
            {
                Name = name,
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
