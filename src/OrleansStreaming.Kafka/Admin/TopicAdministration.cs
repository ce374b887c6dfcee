using Microsoft.Extensions.Logging;
using Orleans;
using OrleansStreaming.Contracts.Cluster;
using OrleansStreaming.Kafka.Diagnostics;
using OrleansStreaming.Kafka.Protocol.Messages;
using OrleansStreaming.Records.Errors;

namespace OrleansStreaming.Kafka.Admin;

/// <summary>
/// Topic commands as clients expect them: answered when this broker's own metadata shows their effect, or with
/// REQUEST_TIMED_OUT when that takes longer than the client waits; the command itself is then done all the same.
/// </summary>
internal sealed class TopicAdministration(IGrainFactory grains, MetadataProgress progress, ILogger<TopicAdministration> logger)
{
    private IControllerGrain Controller => grains.GetGrain<IControllerGrain>(IControllerGrain.Key);

    public Task<TopicCommandResult> CreateAsync(CreateTopicCommand command, TimeSpan timeout, CancellationToken cancellationToken) =>
        SettleAsync(ApiKey.CreateTopics, command.Name, () => Controller.CreateTopic(command), timeout, cancellationToken);

    public Task<TopicCommandResult> DeleteAsync(DeleteTopicCommand command, TimeSpan timeout, CancellationToken cancellationToken) =>
        SettleAsync(ApiKey.DeleteTopics, command.Name ?? command.TopicId.ToString(), () => Controller.DeleteTopic(command), timeout, cancellationToken);

    public Task<TopicCommandResult> CreatePartitionsAsync(CreatePartitionsCommand command, TimeSpan timeout, CancellationToken cancellationToken) =>
        SettleAsync(ApiKey.CreatePartitions, command.Name, () => Controller.CreatePartitions(command), timeout, cancellationToken);

    public Task<TopicCommandResult> AlterConfigsAsync(AlterConfigsCommand command, CancellationToken cancellationToken) =>
        SettleAsync(ApiKey.AlterConfigs, command.ResourceName, () => Controller.AlterConfigs(command), RequestTimeouts.Default, cancellationToken);

    /// <summary>Forgets a broker that is down: no topic's command, but settled in the same way.</summary>
    public Task<TopicCommandResult> UnregisterBrokerAsync(UnregisterBrokerCommand command, CancellationToken cancellationToken) =>
        SettleAsync(ApiKey.UnregisterBroker, $"broker {command.Broker}", () => Controller.UnregisterBroker(command), RequestTimeouts.Default, cancellationToken);

    private async Task<TopicCommandResult> SettleAsync(
        ApiKey api, string resource, Func<Task<TopicCommandResult>> command, TimeSpan timeout, CancellationToken cancellationToken)
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

        if (result.Error is not ErrorCode.None)
        {
            return result;
        }

        return await progress.ReachesAsync(result.MetadataVersion, timeout, cancellationToken).ConfigureAwait(false)
            ? result
            : TopicCommandResult.Refused(ErrorCode.RequestTimedOut, "Done, but not yet visible on this broker.");
    }
}
