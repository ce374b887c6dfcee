using OrleansStreaming.Contracts.Cluster;
using OrleansStreaming.Kafka.Admin;
using OrleansStreaming.Kafka.Dispatch;
using OrleansStreaming.Kafka.Protocol.Messages;

namespace OrleansStreaming.Kafka.Handlers;

/// <summary>AlterConfigs, the old way: a resource's configs become exactly those given (KIP-133).</summary>
internal sealed class AlterConfigsHandler(TopicAdministration topics)
    : ApiHandler<AlterConfigsRequest>(ApiKey.AlterConfigs, new ApiVersionRange(0, 2))
{
    protected override async ValueTask<IResponseMessage?> HandleAsync(RequestContext context, AlterConfigsRequest request)
    {
        var response = new AlterConfigsResponse();
        var results = await NamedOnce.RunAsync(
            request.Resources,
            resource => (resource.ResourceType, resource.ResourceName),
            "resource",
            resource => AlterAsync(resource, request.ValidateOnly, context.Closed)).ConfigureAwait(false);
        foreach (var (resource, result) in results)
        {
            response.Responses.Add(new AlterConfigsResponse.AlterConfigsResourceResponse
            {
                ResourceType = resource.ResourceType,
                ResourceName = resource.ResourceName,
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
