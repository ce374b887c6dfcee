using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Orleans;
using OrleansStreaming.Contracts.Brokers;
using OrleansStreaming.Contracts.Cluster;
using OrleansStreaming.Contracts.Groups;
using OrleansStreaming.Contracts.Replication;
using OrleansStreaming.Records.Ids;

namespace OrleansStreaming.Groups.Coordinators;

/// <summary>
/// Wakes the coordinator of each partition of the offsets topic that this broker comes to lead: it loads before the first request asks
/// for it, and the sessions of members that died with the former leader end. One per silo.
/// </summary>
internal sealed partial class CoordinatorStarts(
    IGrainFactory grains, IClusterMetadata metadata, ILocalReplicas replicas, IOptions<BrokerOptions> broker, TimeProvider time, ILogger<CoordinatorStarts> logger)
    : BackgroundService
{
    /// <summary>Between the metadata's word that this broker leads and its replica's, there are moments.</summary>
    private static readonly TimeSpan _retryDelay = TimeSpan.FromMilliseconds(250);

    private readonly Dictionary<int, LeaderEpoch> _woken = [];

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            var image = metadata.Current;
            var isDone = WakeAll(image);
            try
            {
                await (isDone
                    ? metadata.WaitForVersionAsync(image.Version + 1, stoppingToken)
                    : Task.Delay(_retryDelay, time, stoppingToken)).ConfigureAwait(false);
            }
            catch (OperationCanceledException)
            {
                return;
            }
        }
    }

    /// <summary>False when a partition that is to be led here is not yet.</summary>
    private bool WakeAll(ClusterImage image)
    {
        var self = new BrokerId(broker.Value.BrokerId);
        var isDone = true;
        foreach (var partition in image.Topics.GetValueOrDefault(OffsetsTopic.Name)?.Partitions ?? [])
        {
            if (partition.Leader == self && _woken.GetValueOrDefault(partition.Partition, LeaderEpoch.None) != partition.LeaderEpoch)
            {
                isDone &= TryWake(partition, self);
            }
        }

        return isDone;
    }

    private bool TryWake(PartitionDescription partition, BrokerId self)
    {
        if (replicas.Find(new TopicPartition(OffsetsTopic.Name, partition.Partition))?.Status is not { IsLeader: true })
        {
            return false;
        }

        try
        {
            _ = grains.GetGrain<IGroupPartitionGrain>(new GroupPartitionKey(partition.Partition, self).ToString()).CheckLeadership();
            _woken[partition.Partition] = partition.LeaderEpoch;
            return true;
        }
        catch (Exception failure)
        {
            // The silo has not started yet, or is stopping.
            LogNotWoken(logger, partition.Partition, failure);
            return false;
        }
    }

    [LoggerMessage(Level = LogLevel.Debug, Message = "The coordinator of partition {Partition} of the offsets topic could not be woken")]
    private static partial void LogNotWoken(ILogger logger, int partition, Exception failure);
}
