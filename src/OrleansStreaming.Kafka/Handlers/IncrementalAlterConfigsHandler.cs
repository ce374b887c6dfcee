using OrleansStreaming.Contracts.Cluster;
using OrleansStreaming.Kafka.Admin;
using OrleansStreaming.Kafka.Dispatch;
using OrleansStreaming.Kafka.Protocol.Messages;
using OrleansStreaming.Records.Errors;

namespace OrleansStreaming.Kafka.Handlers;

/// <summary>IncrementalAlterConfigs: sets, resets, extends or cuts single configs, a resource's all or none (KIP-339).</summary>
internal sealed class IncrementalAlterConfigsHandler(TopicAdministration topics)
    : ApiHandler<IncrementalAlterConfigsRequest>(ApiKey.IncrementalAlterConfigs, new ApiVersionRange(0, 1))
{
    protected override async ValueTask<IResponseMessage?> HandleAsync(RequestContext context, IncrementalAlterConfigsRequest request)
    {
        var response = new IncrementalAlterConfigsResponse();
        var results = await NamedOnce.RunAsync(
            request.Resources,
            resource => (resource.ResourceType, resource.ResourceName),
            "resource",
            resource => AlterAsync(resource, request.ValidateOnly, context.Closed)).ConfigureAwait(false);
        foreach (var (resource, result) in results)
        {
            response.Responses.Add(new IncrementalAlterConfigsResponse.AlterConfigsResourceResponse
            {
                ResourceType = resource.ResourceType,
                ResourceName = resource.ResourceName,
                ErrorCode = (short)result.Error,
                ErrorMessage = result.ErrorMessage,
            });
        }

        return response;
    }

    private async Task<TopicCommandResult> AlterAsync(IncrementalAlterConfigsRequest.AlterConfigsResource resource, bool validateOnly, CancellationToken closed)
    {
        if (resource.Configs.DistinctBy(config => config.Name).Count() != resource.Configs.Count)
        {
            return TopicCommandResult.Refused(ErrorCode.InvalidRequest, "A config is named more than once.");
        }

        if (resource.Configs.Exists(config => !Enum.IsDefined((ConfigOperation)config.ConfigOperation)))
        {
            return TopicCommandResult.Refused(ErrorCode.InvalidRequest, "A config operation is not known.");
        }

        var command = new AlterConfigsCommand
        {
            ResourceType = (ConfigResourceType)resource.ResourceType,
            ResourceName = resource.ResourceName,
            Changes = resource.Configs.ConvertAll(config => new ConfigChange
            {
                Name = config.Name,
                Operation = (ConfigOperation)config.ConfigOperation,
                Value = config.Value,
            }),
            ValidateOnly = validateOnly,
        };
        return await topics.AlterConfigsAsync(command, closed).ConfigureAwait(false);
    }
}
