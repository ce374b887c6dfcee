using OrleansStreaming.Chaos.Clients;
using OrleansStreaming.Chaos.Clusters;
using OrleansStreaming.Chaos.Histories;
using OrleansStreaming.Chaos.Replicas;

namespace OrleansStreaming.Chaos.Scenarios;

/// <summary>
/// A cluster under load and faults: producers send unique values, a consumer follows, faults come; then everything heals, is read
/// once more, and is held against what was promised.
/// </summary>
public static class ChaosRun
{
    private const string Topic = "chaos";
    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(90);

    public static async Task<ChaosResult> RunAsync(ChaosOptions options)
    {
        await using var cluster = await ClusterProcesses.StartAsync(new ClusterOptions { Brokers = options.Brokers, Configs = options.BrokerConfigs });
        return await RunAsync(cluster, options);
    }

    /// <summary>On a cluster that is there already, which stays up.</summary>
    public static async Task<ChaosResult> RunAsync(ClusterProcesses cluster, ChaosOptions options)
    {
        using var view = new ClusterView(cluster.Bootstrap);
        await view.CreateTopicAsync(Topic, options.Partitions, options.Replication, new() { ["min.insync.replicas"] = options.MinInSync.ToString() });
        await view.UntilHealthyAsync(Topic, _patience);

        var history = new History();
        using var producing = new CancellationTokenSource();
        using var following = new CancellationTokenSource();
        var producers = Enumerable.Range(0, options.Producers)
            .Select(id => new ChaosProducer(cluster.Bootstrap, Topic, options.Partitions, id, history))
            .ToArray();
        var running = Task.WhenAll(producers.Select(producer => producer.RunAsync(options.Rate, producing.Token)));
        var follower = ChaosConsumer.FollowAsync(cluster.Bootstrap, Topic, options.Partitions, 0, history, following.Token);

        var faults = new FaultInjector(cluster, view, Topic, options, history);
        using var over = new CancellationTokenSource();
        var supervising = faults.SuperviseAsync(over.Token);
        try
        {
            await faults.RunAsync();
            await producing.CancelAsync();
            await running;
            foreach (var producer in producers)
            {
                producer.Dispose();
            }

            await view.UntilHealthyAsync(Topic, _patience);
        }
        finally
        {
            await over.CancelAsync();
            await supervising;
        }

        var final = await ChaosConsumer.ReadAllAsync(cluster.Bootstrap, Topic, options.Partitions, history, _patience);
        await following.CancelAsync();
        await follower;

        var wrong = HistoryChecker.Check(history, final)
            .Concat(ReplicaComparison.Compare(cluster.Members, Topic, options.Partitions))
            .ToArray();
        return new ChaosResult(
            wrong, [.. history.FatalErrors], Recoveries(history, faults.Bereft), history.Sends.Count, history.Acknowledged, faults.Count);
    }

    private static TimeSpan[] Recoveries(History history, IReadOnlyList<(TimeSpan At, int Partition)> bereft)
    {
        var acknowledged = history.Sends.Where(send => send.Outcome == SendOutcome.Acknowledged).ToLookup(send => send.Partition);
        return
        [
            .. bereft.Select(loss => acknowledged[loss.Partition]
                .Where(send => send.SentAt >= loss.At)
                .Select(send => send.AnsweredAt - loss.At)
                .DefaultIfEmpty(TimeSpan.MaxValue)
                .Min()),
        ];
    }
}
