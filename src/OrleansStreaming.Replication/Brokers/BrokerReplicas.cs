using System.Globalization;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using OrleansStreaming.Contracts.Brokers;
using OrleansStreaming.Contracts.Cluster;
using OrleansStreaming.Contracts.Configs;
using OrleansStreaming.Records.Errors;
using OrleansStreaming.Records.Ids;
using OrleansStreaming.Replication.Metrics;
using OrleansStreaming.Replication.Replicas;
using OrleansStreaming.Storage.Directories;

namespace OrleansStreaming.Replication.Brokers;

/// <summary>
/// Makes the replicas on this broker what the cluster decided: opens logs, gives roles and limits, removes what was deleted. One
/// change at a time, on the thread pool: disks may be slow. Any thread.
/// </summary>
internal sealed partial class BrokerReplicas(
    LocalReplicas replicas,
    IReplicaPeers peers,
    DiskProbe disk,
    ReplicationMetrics metrics,
    IOptions<BrokerOptions> options,
    TimeProvider time,
    ILogger<BrokerReplicas> logger) : IDisposable
{
    private readonly SemaphoreSlim _turn = new(1);
    private readonly BrokerId _self = new(options.Value.BrokerId);
    private readonly BrokerMachine _machine = new(new BrokerId(options.Value.BrokerId));
    private readonly IReadOnlyDictionary<string, string> _staticConfigs = new Dictionary<string, string>(options.Value.Configs);
    private readonly Dictionary<TopicId, TopicDescription> _undone = [];
    private LogDirectory? _directory;
    private ReplicaContext? _context;
    private BrokerConfigLayers _layers = new() { Static = new Dictionary<string, string>(options.Value.Configs) };
    private bool _isRunning;
    private volatile bool _hasLost;

    /// <summary>
    /// A log that was opened at start ends before what is known to have been committed, or was cut by its recovery in the middle: this
    /// broker lacks what it had acknowledged, though its last process may have ended in good order.
    /// </summary>
    public bool HasLost => _hasLost;

    /// <summary>Under which this process is registered; -1 before it is.</summary>
    public long BrokerEpoch => _context?.BrokerEpoch ?? -1;

    /// <summary>Takes the directory; nothing is opened yet, and grains are still refused.</summary>
    public void Attach(LogDirectory directory, long brokerEpoch)
    {
        _directory = directory;
        _context = new ReplicaContext(_self, brokerEpoch, time, peers, metrics, logger)
        {
            DiskTakesWrites = disk.TakesWrites,
            MaxLag = TimeSpan.FromMilliseconds(long.Parse(
                EffectiveConfigs.BrokerValue("replica.lag.time.max.ms", _layers)!, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture)),
        };
        foreach (var (partition, topic) in directory.Replicas)
        {
            _machine.Found(partition, topic);
        }
    }

    /// <summary>This process has registered again.</summary>
    public Task ReregisterAsync(long brokerEpoch) => InTurnAsync(() =>
    {
        _context = _context! with { BrokerEpoch = brokerEpoch };
        foreach (var replica in replicas.Open)
        {
            replica.Reregister(brokerEpoch);
        }

        return Task.FromResult(true);
    });

    /// <summary>
    /// Removes topics the controller declared deleted, then opens the logs of the others in parallel, without giving them roles.
    /// Answers the deleted topics whose files are gone.
    /// </summary>
    public Task<IReadOnlyList<TopicId>> OpenAllAsync(
        MetadataUpdate snapshot, IReadOnlyList<TopicId> deleted, IProgress<(int Opened, int Total)> progress, CancellationToken cancellationToken) =>
        InTurnAsync<IReadOnlyList<TopicId>>(async () =>
        {
            var dropped = deleted.Where(TryDrop).ToArray();
            SetLayers(snapshot.BrokerConfigs);
            var steps = snapshot.Topics
                .SelectMany(topic => Plan(topic).Where(step => step.MustOpen).Select(step => (Topic: topic, Step: step)))
                .ToArray();
            var opened = 0;
            var parallel = new ParallelOptions { MaxDegreeOfParallelism = Math.Max(2, Environment.ProcessorCount), CancellationToken = cancellationToken };
            await Parallel.ForEachAsync(steps, parallel, (entry, _) =>
            {
                TryOpen(entry.Topic, entry.Step);
                progress.Report((Interlocked.Increment(ref opened), steps.Length));
                return ValueTask.CompletedTask;
            });
            foreach (var replica in replicas.Open)
            {
                _machine.Found(replica.Partition, replica.TopicId);
            }

            foreach (var stray in _machine.Strays(snapshot.Topics.Select(topic => topic.Id).ToHashSet()))
            {
                LogStray(logger, stray);
            }

            _isRunning = true;
            return dropped;
        });

    /// <summary>See <see cref="IBrokerGrain.ApplyTopic"/>.</summary>
    public Task<ErrorCode> ApplyAsync(TopicDescription topic) =>
        InTurnAsync(() => Task.FromResult(_isRunning ? Apply(topic) : ErrorCode.BrokerNotAvailable));

    /// <summary>See <see cref="IBrokerGrain.Ask"/>.</summary>
    public void OnAsked(TopicPartition partition, BrokerId follower) => replicas.Find(partition)?.OnAsked(follower);

    /// <summary>See <see cref="IBrokerGrain.DescribeEnds"/>.</summary>
    public ReplicaEnds DescribeEnds(TopicId topic) => new()
    {
        BrokerEpoch = BrokerEpoch,
        Ends = [.. replicas.Open.Where(replica => replica.TopicId == topic).Select(replica => replica.DescribeEnd())],
    };

    /// <summary>See <see cref="IBrokerGrain.DropTopic"/>.</summary>
    public Task<ErrorCode> DropAsync(TopicId topic) => InTurnAsync(() =>
    {
        if (!_isRunning)
        {
            return Task.FromResult(ErrorCode.BrokerNotAvailable);
        }

        _undone.Remove(topic);
        var isGone = TryDrop(topic);

        // A topic of the same name may have waited for this, and nobody may tell of it again.
        foreach (var waiting in _undone.Values.ToArray())
        {
            Apply(waiting);
        }

        return Task.FromResult(isGone ? ErrorCode.None : ErrorCode.KafkaStorageError);
    });

    /// <summary>Catches up with the metadata: topics that could not be told directly, and the broker's dynamic configs.</summary>
    public Task ApplyAsync(ClusterImage image) => InTurnAsync(() =>
    {
        if (_isRunning)
        {
            if (SetLayers(image.BrokerConfigs))
            {
                foreach (var topic in _machine.Applied)
                {
                    Configure(topic);
                }
            }

            foreach (var topic in image.Topics.Values)
            {
                Apply(topic);
            }
        }

        return Task.FromResult(true);
    });

    /// <summary>Replicas here that the image says are not this broker's, of topics that it knows.</summary>
    public IReadOnlyList<TopicPartition> Departed(ClusterImage image) => _machine.Departed(image.Topics.GetValueOrDefault);

    /// <summary>Removes a replica with its files, unless a newer description than this one, its topic's own word, was applied.</summary>
    public Task RemoveAsync(TopicPartition partition, TopicDescription topic) => InTurnAsync(() => Task.FromResult(
        _isRunning && _machine.MayRemove(partition, topic) && TryRemove(partition, $"it was reassigned in version {topic.Version} of its topic")));

    /// <summary>Leads nothing and serves nothing any more; the directory is the caller's to close.</summary>
    public Task StopAsync() => InTurnAsync(() =>
    {
        _isRunning = false;
        foreach (var replica in replicas.Open)
        {
            replica.Close();
            replicas.Remove(replica.Partition);
        }

        return Task.FromResult(true);
    });

    public void Dispose() => _turn.Dispose();

    private ErrorCode Apply(TopicDescription topic)
    {
        Depose(topic);
        var steps = Plan(topic);
        if (steps.Count == 0)
        {
            return ErrorCode.None;
        }

        var isDone = true;
        foreach (var step in steps)
        {
            if (step.IsBlocked)
            {
                LogBlocked(logger, step.Partition);
            }

            isDone &= !step.IsBlocked && (!step.MustOpen || TryOpen(topic, step));
        }

        foreach (var step in steps)
        {
            if (!step.IsBlocked && replicas.Find(step.Partition) is { } replica)
            {
                _machine.Found(step.Partition, topic.Id);
                replica.Assign(step.State);
            }
        }

        Configure(topic);
        if (isDone)
        {
            _machine.Done(topic);
            _undone.Remove(topic.Id);
        }
        else
        {
            _undone[topic.Id] = topic;
        }

        return isDone ? ErrorCode.None : ErrorCode.KafkaStorageError;
    }

    /// <summary>A replica that was moved to other brokers leads no more, from the first word of it on.</summary>
    private void Depose(TopicDescription topic)
    {
        foreach (var state in topic.Partitions)
        {
            if (!state.Replicas.Contains(_self)
                && replicas.Find(new TopicPartition(topic.Name, state.Partition)) is { } replica
                && replica.TopicId == topic.Id)
            {
                replica.Assign(state);
            }
        }
    }

    private IReadOnlyList<ReplicaStep> Plan(TopicDescription topic) =>
        _machine.Plan(topic, partition => replicas.Find(partition) is not null);

    private bool TryOpen(TopicDescription topic, ReplicaStep step)
    {
        try
        {
            var limits = ReplicaOptions.From(topic.Configs, _layers);
            var log = _directory!.OpenLog(step.Partition, topic.Id, limits.Log);
            var committed = _directory.HighWatermarks.GetValueOrDefault(step.Partition, Offset.Zero);
            if (!_isRunning && (log.LogEnd < committed || log.Recovery is { LostSyncedRecords: true } or { BytesCut: > 0, IsTorn: false }))
            {
                LogLost(logger, step.Partition, log.LogEnd, committed, log.Recovery?.BytesCut ?? 0);
                metrics.Damaged(new("topic", topic.Name));
                _hasLost = true;
            }

            // What this broker led before it started, it must not lead on: it may lack a tail.
            var former = !_isRunning && step.State.Leader == _self ? step.State.LeaderEpoch : LeaderEpoch.None;
            replicas.Add(new LocalReplica(_context!, log, limits, committed, former));
            return true;
        }
        catch (Exception exception) when (exception is IOException or LogDirectoryException)
        {
            LogOpenFailed(logger, exception, step.Partition);
            return false;
        }
    }

    private bool TryDrop(TopicId topic)
    {
        var isGone = true;
        foreach (var partition in _machine.PlanDrop(topic))
        {
            isGone &= TryRemove(partition, $"topic {topic} was deleted");
        }

        return isGone;
    }

    private bool TryRemove(TopicPartition partition, string reason)
    {
        try
        {
            replicas.Remove(partition)?.Close();
            _directory!.DeleteLog(partition);
            _machine.Removed(partition);
            LogRemoved(logger, partition, reason);
            return true;
        }
        catch (IOException exception)
        {
            LogRemoveFailed(logger, exception, partition);
            return false;
        }
    }

    private void Configure(TopicDescription topic)
    {
        var mine = topic.Partitions.Select(partition => replicas.Find(new TopicPartition(topic.Name, partition.Partition)));
        var limits = ReplicaOptions.From(topic.Configs, _layers);
        foreach (var replica in mine)
        {
            if (replica?.TopicId == topic.Id)
            {
                replica.Configure(limits);
            }
        }
    }

    /// <summary>True when the dynamic configs changed.</summary>
    private bool SetLayers(IReadOnlyDictionary<string, IReadOnlyDictionary<string, string>> dynamic)
    {
        var own = dynamic.GetValueOrDefault(_self.ToString());
        var all = dynamic.GetValueOrDefault("");
        var next = new BrokerConfigLayers
        {
            Static = _staticConfigs,
            Dynamic = own ?? BrokerConfigLayers.Empty.Dynamic,
            DynamicDefault = all ?? BrokerConfigLayers.Empty.DynamicDefault,
        };
        var isSame = Same(next.Dynamic, _layers.Dynamic) && Same(next.DynamicDefault, _layers.DynamicDefault);
        _layers = next;
        return !isSame;

        static bool Same(IReadOnlyDictionary<string, string> left, IReadOnlyDictionary<string, string> right) =>
            left.Count == right.Count && left.All(entry => right.TryGetValue(entry.Key, out var value) && value == entry.Value);
    }

    private Task<T> InTurnAsync<T>(Func<Task<T>> change) => Task.Run(async () =>
    {
        await _turn.WaitAsync();
        try
        {
            return await change();
        }
        finally
        {
            _turn.Release();
        }
    });

    [LoggerMessage(Level = LogLevel.Error, Message = "{Partition} ends at {End}, known to be committed is {Committed}, and {BytesCut} bytes at the end were no whole batches: what is missing is taken from other replicas before this broker leads again")]
    private static partial void LogLost(ILogger logger, TopicPartition partition, Offset end, Offset committed, long bytesCut);

    [LoggerMessage(Level = LogLevel.Error, Message = "The log of {Partition} cannot be opened; the partition is not served here")]
    private static partial void LogOpenFailed(ILogger logger, Exception exception, TopicPartition partition);

    [LoggerMessage(Level = LogLevel.Information, Message = "Removed {Partition}: {Reason}")]
    private static partial void LogRemoved(ILogger logger, TopicPartition partition, string reason);

    [LoggerMessage(Level = LogLevel.Error, Message = "The files of {Partition}, which is not needed here any more, cannot be removed now")]
    private static partial void LogRemoveFailed(ILogger logger, Exception exception, TopicPartition partition);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Partition} cannot be opened while files of a deleted topic of the same name are there")]
    private static partial void LogBlocked(ILogger logger, TopicPartition partition);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Partition} is on disk, but the cluster knows no such topic and has not deleted it: the files are left alone")]
    private static partial void LogStray(ILogger logger, TopicPartition partition);
}
