using Microsoft.Extensions.Logging;
using Orleans;
using OrleansStreaming.Contracts.Cluster;
using OrleansStreaming.Kafka.Diagnostics;
using OrleansStreaming.Kafka.Protocol.Messages;
using OrleansStreaming.Records.Errors;

namespace OrleansStreaming.Kafka.Admin;

/// <summary>
/// Commands about partitions' leaders and replicas, which have an outcome for each partition. Answered when this broker's own
/// metadata shows their effect, or when the client waits no longer; what was decided is then told all the same.
/// </summary>
internal sealed class PartitionAdministration(IGrainFactory grains, MetadataProgress progress, ILogger<PartitionAdministration> logger)
{
    private IControllerGrain Controller => grains.GetGrain<IControllerGrain>(IControllerGrain.Key);

    public Task<(ErrorCode Error, PartitionOutcome[] Outcomes)> ReassignAsync(
        AlterReassignmentsCommand command, TimeSpan timeout, CancellationToken cancellationToken) =>
        SettleAsync(ApiKey.AlterPartitionReassignments, () => Controller.AlterReassignments(command), timeout, cancellationToken);

    public Task<(ErrorCode Error, PartitionOutcome[] Outcomes)> ElectAsync(
        ElectLeadersCommand command, TimeSpan timeout, CancellationToken cancellationToken) =>
        SettleAsync(ApiKey.ElectLeaders, () => Controller.ElectLeaders(command), timeout, cancellationToken);

    private async Task<(ErrorCode Error, PartitionOutcome[] Outcomes)> SettleAsync(
        ApiKey api, Func<Task<PartitionCommandResult>> command, TimeSpan timeout, CancellationToken cancellationToken)
    {
        PartitionCommandResult result;
        try
        {
            result = await command().ConfigureAwait(false);
        }
        catch (Exception failure)
        {
            logger.RequestFailed(api, "the controller", failure);
            return (GrainFailures.ToError(failure), []);
        }

        await progress.ReachesAsync(result.MetadataVersion, timeout, cancellationToken).ConfigureAwait(false);
        return (ErrorCode.None, result.Outcomes);
    }
}
