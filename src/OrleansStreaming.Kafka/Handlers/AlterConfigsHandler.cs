using OrleansStreaming.Contracts.Cluster;
using OrleansStreaming.Kafka.Admin;
using OrleansStreaming.Kafka.Dispatch;
using OrleansStreaming.Kafka.Protocol.Messages;
using OrleansStreaming.Records.Errors;

namespace OrleansStreaming.Kafka.Handlers;

/// <summary>AlterConfigs, the old way: a resource's configs become exactly those given (KIP-133).</summary>
internal sealed class AlterConfigsHandler(TopicAdministration topics)
    : ApiHandler<AlterConfigsRequest>(ApiKey.AlterConfigs, new ApiVersionRange(0, 2))
{
    protected override async ValueTask<IResponseMessage?> HandleAsync(RequestContext context, AlterConfigsRequest request)
    {
        var response = new AlterConfigsResponse();
        foreach (var same in request.Resources.GroupBy(resource => (resource.ResourceType, resource.ResourceName)))
        {
            var result = same.Count() > 1
                ? TopicCommandResult.Refused(ErrorCode.InvalidRequest, "The resource is named more than once in this request.")
                : await AlterAsync(same.Single(), request.ValidateOnly, context.Closed).ConfigureAwait(false);
            response.Responses.Add(new AlterConfigsResponse.AlterConfigsResourceResponse
            {
                ResourceType = same.Key.ResourceType,
                ResourceName = same.Key.ResourceName,
                ErrorCode = (short)result.Error,
                ErrorMessage = result.ErrorMessage,
            });
        }

        return response;
    }

    private Task<TopicCommandResult> AlterAsync(AlterConfigsRequest.AlterConfigsResource resource, bool validateOnly, CancellationToken closed) =>
        topics.AlterConfigsAsync(
            new AlterConfigsCommand
            {
                ResourceType = (ConfigResourceType)resource.ResourceType,
                ResourceName = resource.ResourceName,
                Changes = resource.Configs.ConvertAll(config => new ConfigChange { Name = config.Name, Value = config.Value }),
                ReplaceAll = true,
                ValidateOnly = validateOnly,
            },
            closed);
}
