using System.Diagnostics;
using OrleansStreaming.Chaos.Clients;
using OrleansStreaming.Chaos.Clusters;
using OrleansStreaming.Chaos.Histories;

namespace OrleansStreaming.Chaos.Groups;

/// <summary>
/// A group of consumers under load: it grows and shrinks, consumers and coordinators die; then everything is read once
/// more and held against what the consumers did.
/// </summary>
public sealed class GroupRun : IAsyncDisposable
{
    private const string OffsetsTopic = "__consumer_offsets";
    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(60);

    private readonly ClusterProcesses _cluster;
    private readonly GroupRunOptions _options;
    private readonly ConsumerOptions _consumerOptions;
    private readonly ClusterView _view;
    private readonly History _history = new();
    private readonly GroupHistory _group = new();
    private readonly List<IGroupConsumer> _consumers = [];
    private int _lastConsumer;

    private GroupRun(ClusterProcesses cluster, GroupRunOptions options)
    {
        _cluster = cluster;
        _options = options;
        _consumerOptions = new ConsumerOptions { Bootstrap = cluster.Bootstrap, Protocol = options.Protocol, SessionTimeout = options.SessionTimeout };
        _view = new ClusterView(cluster.Bootstrap);
    }

    public static async Task<GroupRunResult> RunAsync(GroupRunOptions options)
    {
        await using var cluster = await ClusterProcesses.StartAsync(new ClusterOptions { Brokers = 3, Configs = options.BrokerConfigs, HasProxies = false });
        await using var run = new GroupRun(cluster, options);
        return await run.RunAsync();
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var consumer in _consumers)
        {
            await consumer.DisposeAsync();
        }

        _view.Dispose();
    }

    private async Task<GroupRunResult> RunAsync()
    {
        var topic = _consumerOptions.Topic;
        await _view.CreateTopicAsync(topic, _options.Partitions, 3, new() { ["min.insync.replicas"] = "2" });
        await _view.UntilHealthyAsync(topic, _patience);
        using var producing = new CancellationTokenSource();
        using var sampling = new CancellationTokenSource();
        using var producer = new ChaosProducer(_cluster.Bootstrap, topic, _options.Partitions, 0, _history);
        using var committed = new CommittedOffsets(_consumerOptions, _options.Partitions, _group);
        var running = producer.RunAsync(_options.Rate, producing.Token);
        var samples = committed.SampleAsync(TimeSpan.FromMilliseconds(250), sampling.Token);

        try
        {
            await TryAsync(ChangeAsync);
        }
        finally
        {
            // Nobody may still use a client when it is disposed: its native half would crash.
            await producing.CancelAsync();
            await running;
            await sampling.CancelAsync();
            await samples;
        }

        var final = await ChaosConsumer.ReadAllAsync(_cluster.Bootstrap, topic, _options.Partitions, _history, _patience);
        await TryAsync(() => DrainAsync(committed, [.. Enumerable.Range(0, _options.Partitions).Select(partition => final[partition].Count == 0 ? -1 : final[partition][^1].Offset + 1)]));
        await ResizeAsync(0);

        await CheckOffsetsTopicAsync();
        var reads = _group.Reads;
        return new GroupRunResult(
            [.. HistoryChecker.Check(_history, final), .. GroupHistoryChecker.Check(_group, final), .. _history.FatalErrors],
            _history.Acknowledged,
            reads.Count,
            reads.Count - reads.Select(read => (read.Partition, read.Offset)).Distinct().Count(),
            _group.Commits.Count,
            _group.Refusals);
    }

    /// <summary>What takes too long is a broken promise, and the rest is looked at all the same.</summary>
    private async Task TryAsync(Func<Task> step)
    {
        try
        {
            await step();
        }
        catch (TimeoutException timeout)
        {
            _group.Wrong(timeout.Message);
        }
    }

    private async Task ChangeAsync()
    {
        foreach (var size in _options.Sizes)
        {
            await ResizeAsync(size);
            await UntilSharedAsync($"{size} consumers");
            await Task.Delay(_options.Dwell);
        }

        for (var kill = 0; kill < _options.ConsumerKills; kill++)
        {
            var victim = _consumers.First(consumer => _group.Owners.Any(owners => owners.Contains(consumer.Id)));
            await victim.KillAsync();
            _consumers.Remove(victim);
            await victim.DisposeAsync();
            await UntilSharedAsync($"consumer {victim.Id} killed");
            await ResizeAsync(_consumers.Count + 1);
            await UntilSharedAsync("replaced");
        }

        for (var kill = 0; kill < _options.CoordinatorKills; kill++)
        {
            await KillCoordinatorAsync(isRebalancing: kill % 2 == 0);
        }
    }

    /// <summary>What was committed is as safe as the records: on every broker.</summary>
    private async Task CheckOffsetsTopicAsync()
    {
        foreach (var partition in await Task.Run(() => _view.Partitions(OffsetsTopic)) ?? [])
        {
            if (partition.Replicas.Length != _cluster.Members.Count)
            {
                _group.Wrong($"{OffsetsTopic}-{partition.PartitionId} has {partition.Replicas.Length} replicas");
            }
        }
    }

    private async Task ResizeAsync(int size)
    {
        for (; _consumers.Count < size; _lastConsumer++)
        {
            _consumers.Add(_options.Protocol is GroupProtocol.Consumer
                ? new NextGenerationConsumer(_lastConsumer, _consumerOptions, _group)
                : new GroupConsumerProcess(_lastConsumer, _consumerOptions, _group));
        }

        var leaving = _consumers.Skip(size).ToArray();
        _consumers.RemoveRange(size, leaving.Length);
        await Task.WhenAll(leaving.Select(consumer => consumer.LeaveAsync()));
        foreach (var consumer in leaving)
        {
            await consumer.DisposeAsync();
        }
    }

    /// <summary>In mid-rebalance: two more consumers have come, and one gives up partitions for them.</summary>
    private async Task KillCoordinatorAsync(bool isRebalancing)
    {
        await ResizeAsync(2);
        await UntilSharedAsync("2 consumers");
        await _view.UntilHealthyAsync(OffsetsTopic, _patience);
        var leader = await Task.Run(() => _view.Partitions(OffsetsTopic)) is { } partitions
            ? partitions.Single(partition => partition.PartitionId == GroupPartition(_consumerOptions.Group, partitions.Count)).Leader
            : throw new TimeoutException("No broker tells who leads the group's partition.");
        var victim = _cluster.Member(leader);
        if (isRebalancing)
        {
            var before = _group.Releases;
            await ResizeAsync(4);
            await UntilAsync(() => _group.Releases > before, "nobody gave partitions up");
        }

        var killed = Stopwatch.GetTimestamp();
        await victim.KillAsync();
        Say($"killed broker {victim.Id}, the coordinator, {(isRebalancing ? "in mid-rebalance" : "under commits")}");
        await UntilSharedAsync("coordinator killed");
        await UntilAsync(() => FirstCommit() is not null, "nobody could commit after the coordinator's death");
        Say($"first commit {Stopwatch.GetElapsedTime(killed, FirstCommit()!.Value).TotalMilliseconds:0} ms after the kill");
        await victim.StartAsync();
        await _view.UntilHealthyAsync(_consumerOptions.Topic, _patience);

        long? FirstCommit() => _group.Commits.Where(commit => commit.SentAt > killed).Select(commit => (long?)commit.AnsweredAt).Min();
    }

    /// <summary>Everything is read and committed.</summary>
    private async Task DrainAsync(CommittedOffsets committed, long[] ends)
    {
        long[]? last = null;
        await UntilAsync(
            () => (last = committed.Ask()) is { } offsets && offsets.SequenceEqual(ends),
            () => $"committed up to [{string.Join(' ', last ?? [])}] of [{string.Join(' ', ends)}]");
    }

    /// <summary>Every partition has one owner, as many consumers as can have one, and that stays so for a second.</summary>
    private async Task UntilSharedAsync(string change)
    {
        var began = Stopwatch.GetTimestamp();
        var since = began;
        var shared = "";
        await UntilAsync(
            () =>
            {
                var owners = _group.Owners;
                var now = string.Join(' ', Enumerable.Range(0, _options.Partitions).Select(partition => string.Join('+', owners[partition])));
                (since, shared) = now == shared ? (since, shared) : (Stopwatch.GetTimestamp(), now);
                return owners.Count == _options.Partitions
                    && owners.All(owner => owner.Count() == 1)
                    && Busy() == Math.Min(_consumers.Count, _options.Partitions)
                    && Stopwatch.GetElapsedTime(since) > TimeSpan.FromSeconds(1);
            },
            () => $"{change}: the partitions were not shared among {_consumers.Count} consumers: [{shared}]");
        Say($"{change}: owners [{shared}], {_consumers.Count - Busy()} idle, after {Stopwatch.GetElapsedTime(began, since).TotalMilliseconds:0} ms");

        int Busy() => _group.Owners.SelectMany(owner => owner).Distinct().Count();
    }

    private static Task UntilAsync(Func<bool> condition, string otherwise) => UntilAsync(condition, () => otherwise);

    /// <exception cref="TimeoutException">It does not come to that.</exception>
    private static async Task UntilAsync(Func<bool> condition, Func<string> otherwise)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(20));
        var began = Stopwatch.GetTimestamp();
        while (!await Task.Run(condition))
        {
            if (Stopwatch.GetElapsedTime(began) > _patience)
            {
                throw new TimeoutException($"After {_patience}: {otherwise()}");
            }

            await timer.WaitForNextTickAsync();
        }
    }

    /// <summary>Kafka's rule: Java's hash code of the group's id.</summary>
    private static int GroupPartition(string group, int partitions) =>
        (group.Aggregate(0, static (hash, letter) => unchecked((31 * hash) + letter)) & int.MaxValue) % partitions;

    private void Say(string text) => _options.Report?.Invoke($"{_history.Now:mm\\:ss\\.fff} {text}");
}
