using System.Globalization;
using Microsoft.Extensions.Logging;
using Orleans;
using OrleansStreaming.Contracts.Brokers;
using OrleansStreaming.Contracts.Cluster;
using OrleansStreaming.Records.Errors;
using OrleansStreaming.Records.Ids;

namespace OrleansStreaming.Cluster.Brokers;

/// <summary>
/// Tells brokers what has been decided and written. A broker that cannot be told is no failure: it catches up from the metadata
/// it tails, or when it registers.
/// </summary>
internal sealed partial class BrokerCalls(IGrainFactory grains, TimeProvider time, ILogger<BrokerCalls> logger)
{
    /// <summary>A broker that takes longer opens logs with trouble; the caller's own clients are waiting.</summary>
    private static readonly TimeSpan _timeout = TimeSpan.FromSeconds(5);

    /// <summary>Completes when every broker with a replica of the topic has applied it, or could not be told.</summary>
    public Task TellAsync(TopicDescription topic) => Task.WhenAll(topic.Partitions
        .SelectMany(partition => partition.Replicas)
        .Distinct()
        .Select(broker => TryAsync(broker, grain => grain.ApplyTopic(topic))));

    /// <summary>The brokers that have removed the topic's files.</summary>
    public async Task<IReadOnlyList<int>> DropAsync(TopicId topic, IEnumerable<int> brokers)
    {
        var outcomes = await Task.WhenAll(brokers.Select(async id =>
            (Id: id, IsDropped: await TryAsync(new BrokerId(id), grain => grain.DropTopic(topic)))));
        return [.. outcomes.Where(outcome => outcome.IsDropped).Select(outcome => outcome.Id)];
    }

    private async Task<bool> TryAsync(BrokerId broker, Func<IBrokerGrain, Task<ErrorCode>> call)
    {
        try
        {
            var grain = grains.GetGrain<IBrokerGrain>(broker.Value.ToString(CultureInfo.InvariantCulture));
            var error = await call(grain).WaitAsync(_timeout, time);
            if (error == ErrorCode.None)
            {
                return true;
            }

            LogRefused(logger, broker.Value, error);
        }
        catch (Exception exception)
        {
            LogUnreachable(logger, broker.Value, exception.Message);
        }

        return false;
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Broker {Broker} could not apply a change now: {Error}")]
    private static partial void LogRefused(ILogger logger, int broker, ErrorCode error);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Broker {Broker} could not be told of a change now: {Reason}")]
    private static partial void LogUnreachable(ILogger logger, int broker, string reason);
}
