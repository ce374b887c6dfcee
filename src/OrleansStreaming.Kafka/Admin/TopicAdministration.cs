using Microsoft.Extensions.Logging;
using Orleans;
using OrleansStreaming.Contracts.Cluster;
using OrleansStreaming.Kafka.Diagnostics;
using OrleansStreaming.Kafka.Protocol.Messages;
using OrleansStreaming.Records.Errors;

namespace OrleansStreaming.Kafka.Admin;

/// <summary>Topic commands as clients expect them: answered when this broker's own metadata shows their effect.</summary>
internal sealed class TopicAdministration(IGrainFactory grains, IClusterMetadata metadata, ILogger<TopicAdministration> logger)
{
    private IControllerGrain Controller => grains.GetGrain<IControllerGrain>(IControllerGrain.Key);

    public Task<TopicCommandResult> CreateAsync(CreateTopicCommand command, CancellationToken cancellationToken) =>
        SettleAsync(ApiKey.CreateTopics, command.Name, () => Controller.CreateTopic(command), cancellationToken);

    public Task<TopicCommandResult> DeleteAsync(DeleteTopicCommand command, CancellationToken cancellationToken) =>
        SettleAsync(ApiKey.DeleteTopics, command.Name ?? command.TopicId.ToString(), () => Controller.DeleteTopic(command), cancellationToken);

    public Task<TopicCommandResult> CreatePartitionsAsync(CreatePartitionsCommand command, CancellationToken cancellationToken) =>
        SettleAsync(ApiKey.CreatePartitions, command.Name, () => Controller.CreatePartitions(command), cancellationToken);

    public Task<TopicCommandResult> AlterConfigsAsync(AlterConfigsCommand command, CancellationToken cancellationToken) =>
        SettleAsync(ApiKey.AlterConfigs, command.ResourceName, () => Controller.AlterConfigs(command), cancellationToken);

    private async Task<TopicCommandResult> SettleAsync(
        ApiKey api, string resource, Func<Task<TopicCommandResult>> command, CancellationToken cancellationToken)
    {
        TopicCommandResult result;
        try
        {
            result = await command().ConfigureAwait(false);
        }
        catch (Exception failure)
        {
            logger.RequestFailed(api, resource, failure);
            return TopicCommandResult.Refused(GrainFailures.ToError(failure), "The controller did not answer; whether it did what was asked is not known.");
        }

        if (result.Error is ErrorCode.None)
        {
            await metadata.WaitForVersionAsync(result.MetadataVersion, cancellationToken).ConfigureAwait(false);
        }

        return result;
    }
}
