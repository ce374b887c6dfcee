using System.Collections.Concurrent;
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
/// it tails, or when it registers. One per silo; called from the turns of grains.
/// </summary>
internal sealed partial class BrokerCalls(
    IGrainFactory grains, IBrokerMembership members, TimeProvider time, ILogger<BrokerCalls> logger)
{
    /// <summary>How long a decision waits for those who must act on it: what clients notice as slow, but not as broken.</summary>
    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(1);

    /// <summary>How long a broker that did not answer in time is not waited for again; it is told all the same.</summary>
    private static readonly TimeSpan _mistrust = TimeSpan.FromSeconds(10);

    /// <summary>A broker that takes longer opens logs with trouble; nobody listens for its answer any more.</summary>
    private static readonly TimeSpan _timeout = TimeSpan.FromSeconds(15);

    private readonly ConcurrentDictionary<int, long> _slowSince = [];

    /// <summary>
    /// Tells every broker that has a replica of the topic, or had one until now. Completes when the leaders among them have applied it, so that a client
    /// that is sent to them next is served; followers, and leaders that take too long, apply it in their own time.
    /// </summary>
    /// <param name="former">The replicas of its partitions before the change.</param>
    public Task TellAsync(TopicDescription topic, IEnumerable<int> former)
    {
        var up = members.Active.Select(member => member.Broker).ToHashSet();
        var leaders = topic.Partitions.Select(partition => partition.Leader).ToHashSet();
        var concerned = topic.Partitions.SelectMany(partition => partition.Replicas).Concat(former.Select(id => new BrokerId(id))).ToHashSet();
        var awaited = new List<Task>();
        foreach (var broker in concerned.Where(up.Contains))
        {
            var told = TryAsync(broker, grain => grain.ApplyTopic(topic));
            if (leaders.Contains(broker) && !IsSlow(broker.Value))
            {
                awaited.Add(WaitAsync(broker.Value, told));
            }
        }

        return Task.WhenAll(awaited);
    }

    /// <summary>The brokers that have removed the topic's files, as far as they said so in time.</summary>
    public async Task<IReadOnlyList<int>> DropAsync(TopicId topic, IEnumerable<int> brokers)
    {
        var outcomes = await Task.WhenAll(brokers.Select(async id =>
        {
            var dropped = TryAsync(new BrokerId(id), grain => grain.DropTopic(topic));
            await WaitAsync(id, dropped);
            return (Id: id, IsDropped: dropped.IsCompletedSuccessfully && await dropped);
        }));
        return [.. outcomes.Where(outcome => outcome.IsDropped).Select(outcome => outcome.Id)];
    }

    /// <summary>Where brokers' replicas of a topic end; who does not answer in time is left out.</summary>
    public async Task<IReadOnlyList<(int Broker, ReplicaEnds Ends)>> AskEndsAsync(TopicId topic, IEnumerable<int> asked)
    {
        var answers = await Task.WhenAll(asked.Select(async id =>
        {
            try
            {
                return (Id: id, Ends: await Grain(new BrokerId(id)).DescribeEnds(topic).WaitAsync(_patience, time));
            }
            catch (Exception exception)
            {
                LogUnreachable(logger, id, exception.Message);
                return (Id: id, Ends: (ReplicaEnds?)null);
            }
        }));
        return [.. answers.Where(answer => answer.Ends is not null).Select(answer => (answer.Id, answer.Ends!))];
    }

    private async Task WaitAsync(int broker, Task<bool> call)
    {
        try
        {
            await call.WaitAsync(_patience, time);
            _slowSince.TryRemove(broker, out _);
        }
        catch (TimeoutException)
        {
            _slowSince[broker] = time.GetTimestamp();
            LogSlow(logger, broker);
        }
    }

    private bool IsSlow(int broker) => _slowSince.TryGetValue(broker, out var since) && time.GetElapsedTime(since) < _mistrust;

    private async Task<bool> TryAsync(BrokerId broker, Func<IBrokerGrain, Task<ErrorCode>> call)
    {
        try
        {
            var error = await call(Grain(broker)).WaitAsync(_timeout, time);
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

    private IBrokerGrain Grain(BrokerId broker) => grains.GetGrain<IBrokerGrain>(broker.Value.ToString(CultureInfo.InvariantCulture));

    [LoggerMessage(Level = LogLevel.Warning, Message = "Broker {Broker} could not apply a change now: {Error}")]
    private static partial void LogRefused(ILogger logger, int broker, ErrorCode error);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Broker {Broker} could not be told of a change now: {Reason}")]
    private static partial void LogUnreachable(ILogger logger, int broker, string reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Broker {Broker} is slow to apply changes and is not waited for")]
    private static partial void LogSlow(ILogger logger, int broker);
}
