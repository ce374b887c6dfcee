using Microsoft.Extensions.Logging;
using OrleansStreaming.Contracts.Cluster;
using OrleansStreaming.Contracts.Replication;
using OrleansStreaming.Records.Errors;
using OrleansStreaming.Records.Ids;

namespace OrleansStreaming.Groups.Coordinators;

/// <summary>Begins a leadership of a partition of the offsets topic: waits until the log is committed, reads it, and makes its writer.</summary>
internal sealed partial class TermLoader(
    ILocalReplica replica, IReplicaGrain log, CoordinatorConfigs configs, IClusterMetadata metadata, WriteRounds rounds, TimeProvider time, ILogger logger)
{
    /// <summary>The term, or why there is none: NOT_COORDINATOR, COORDINATOR_NOT_AVAILABLE. In the turns of the caller, but for reading.</summary>
    /// <param name="onDeposed">Called on any thread when the leadership is over.</param>
    public async Task<(CoordinatorTerm? Term, ErrorCode Error)> LoadAsync(LeaderEpoch epoch, Action onDeposed)
    {
        // What earlier leaders wrote counts from the moment it is committed under this one.
        var end = replica.Status.LogEnd;
        var progress = new ReplicaProgress(replica, epoch, end, onDeposed);
        try
        {
            await progress.Committed;
            var bufferBytes = configs.Settings.OffsetsLoadBufferBytes;
            var (groups, unknown) = await Task.Run(() => OffsetsLogReader.Read(replica, end, bufferBytes));
            if (!progress.IsLeading)
            {
                progress.Dispose();
                return (null, ErrorCode.NotCoordinator);
            }

            var writer = new OffsetsLogWriter(log, epoch, groups, configs.MaxBatchBytes(metadata.Current), rounds, time, logger);
            LogLoaded(logger, replica.Partition.Partition, epoch.Value, groups.Ids.Count, unknown);
            return (new CoordinatorTerm(epoch, groups, writer, progress), ErrorCode.None);
        }
        catch (Exception failure)
        {
            progress.Dispose();
            LogUnreadable(logger, replica.Partition.Partition, failure);
            return (null, ErrorCode.CoordinatorNotAvailable);
        }
    }

    [LoggerMessage(Level = LogLevel.Debug, Message = "Coordinating partition {Partition} of the offsets topic in leader epoch {Epoch}: {Groups} groups, {Unknown} records of other kinds")]
    private static partial void LogLoaded(ILogger logger, int partition, int epoch, int groups, int unknown);

    [LoggerMessage(Level = LogLevel.Error, Message = "Partition {Partition} of the offsets topic cannot be loaded")]
    private static partial void LogUnreadable(ILogger logger, int partition, Exception failure);
}
