using Microsoft.Extensions.Logging;
using Orleans;
using OrleansStreaming.Contracts.Cluster;
using OrleansStreaming.Records.Errors;
using OrleansStreaming.Records.Ids;

namespace OrleansStreaming.Replication.Brokers;

/// <summary>
/// Removes the files of replicas that were moved to other brokers. The metadata only raises the suspicion: it may be older than
/// what made this broker a replica. The topic's own word decides.
/// </summary>
internal sealed partial class DepartedReplicas(BrokerReplicas replicas, IGrainFactory grains, ILogger<DepartedReplicas> logger)
{
    /// <summary>Never called in a grain's turn: it asks topics, which tell brokers. What fails is tried with the next metadata.</summary>
    public async Task RemoveAsync(ClusterImage image)
    {
        foreach (var suspects in replicas.Departed(image).GroupBy(partition => partition.Topic))
        {
            try
            {
                var answer = await grains.GetGrain<ITopicGrain>(suspects.Key).Describe(image.Topics[suspects.Key].Id);
                if (answer is { Error: ErrorCode.None, Topic: { } topic })
                {
                    foreach (var partition in suspects)
                    {
                        await replicas.RemoveAsync(partition, topic);
                    }
                }
            }
            catch (Exception exception) when (exception is not OutOfMemoryException)
            {
                LogFailed(logger, suspects.Key, exception.Message);
            }
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Topic {Topic} could not be asked about replicas that were moved away: {Reason}")]
    private static partial void LogFailed(ILogger logger, string topic, string reason);
}
