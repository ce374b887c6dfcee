using Microsoft.Extensions.Logging;
using OrleansStreaming.Contracts.Cluster;
using OrleansStreaming.Contracts.Replication;
using OrleansStreaming.Records.Errors;
using OrleansStreaming.Records.Ids;
using OrleansStreaming.Replication.Metrics;
using OrleansStreaming.Replication.Partitions;
using OrleansStreaming.Storage.Logs;

namespace OrleansStreaming.Replication.Replicas;

/// <summary>
/// One replica on this broker: its log, its decisions, and what readers see of both. Whatever changes it takes the gate, for the
/// time of a page-cache write at most and never for a sync; readers take no lock. That there is one of it per partition and
/// process is the directory's lock, not the belief of a grain: of two activations both come here.
/// </summary>
internal sealed partial class LocalReplica : ILocalReplica
{
    private readonly Lock _gate = new();
    private readonly PartitionLog _log;
    private readonly PartitionMachine _machine;
    private readonly WaiterSet _waiters = new();
    private readonly CommitWaiters _commits;
    private readonly ReplicationMetrics _metrics;
    private readonly ILogger _logger;
    private readonly KeyValuePair<string, object?> _topicTag;
    private volatile ReplicaStatus _status;
    private ReplicaOptions _options;

    /// <param name="committed">The high watermark of the replica's former life; zero when unknown.</param>
    public LocalReplica(
        BrokerId self, PartitionLog log, ReplicaOptions options, Offset committed, TimeProvider time, ReplicationMetrics metrics, ILogger logger)
    {
        _log = log;
        _options = options;
        _metrics = metrics;
        _logger = logger;
        _topicTag = new("topic", log.Partition.Topic);
        _machine = new PartitionMachine(self, log.LatestEpoch, Clamp(committed));
        _machine.SetMinInSync(options.MinInSync);
        _commits = new CommitWaiters(time, () => _machine.HasEnoughInSync ? ErrorCode.RequestTimedOut : ErrorCode.NotEnoughReplicasAfterAppend);
        _flushTimer = time.CreateTimer(_ => OnFlushTimer(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        _status = Look();
    }

    public TopicPartition Partition => _log.Partition;

    public TopicId TopicId => _log.TopicId;

    public ReplicaStatus Status => _status;

    public long SizeInBytes => _log.SizeInBytes;

    public void AddWaiter(IProgressWaiter waiter) => _waiters.Add(waiter);

    public void RemoveWaiter(IProgressWaiter waiter) => _waiters.Remove(waiter);

    /// <summary>Takes a role from the partition's state as its topic grain wrote it; older states change nothing.</summary>
    public void Assign(PartitionDescription state)
    {
        lock (_gate)
        {
            var change = _machine.Assign(state, _log.LogEnd, _log.LogEnd);
            switch (change)
            {
                case RoleChange.None:
                    return;
                case RoleChange.SetsChanged:
                    Settle();
                    break;
                case RoleChange.BecameLeader:
                    _log.BeginEpoch(_machine.Epoch);
                    Fail(ErrorCode.NotLeaderOrFollower);
                    break;
                case RoleChange.BecameFollower:
                    Fail(ErrorCode.NotLeaderOrFollower);
                    break;
            }
        }

        _waiters.Signal();
    }

    /// <summary>New limits, from the next append on.</summary>
    public void Configure(ReplicaOptions options)
    {
        lock (_gate)
        {
            if (options == _options)
            {
                return;
            }

            _options = options;
            _log.Configure(options.Log);
            _machine.SetMinInSync(options.MinInSync);
            Settle();
        }

        _waiters.Signal();
    }

    /// <summary>Leads no more and takes no more appends; who waits is told. The log itself is the directory's to close.</summary>
    public void Close()
    {
        lock (_gate)
        {
            _machine.Resign();
            Fail(ErrorCode.NotLeaderOrFollower);
            _flushTimer.Dispose();
        }

        _waiters.Signal();
    }

    /// <summary>Shows readers where things stand, then answers producers: who is answered can read what it wrote. Under the gate.</summary>
    private void Settle()
    {
        _status = Look();
        _commits.Commit(_machine.HighWatermark);
    }

    /// <summary>As <see cref="Settle"/>, when what producers wait for will not be. Under the gate.</summary>
    private void Fail(ErrorCode reason)
    {
        _status = Look();
        _commits.Fail(reason);
    }

    /// <summary>The picture for readers; under the gate.</summary>
    private ReplicaStatus Look()
    {
        var committed = _machine.HighWatermark;
        return new ReplicaStatus(
            _machine.IsLeader,
            _machine.Epoch,
            _log.LogStart,
            _log.LastStable(committed),
            committed,
            _log.LogEnd,
            _machine.IsLeader && _log.WriteFault is null);
    }

    private Offset Clamp(Offset offset) =>
        offset < _log.LogStart ? _log.LogStart : offset > _log.LogEnd ? _log.LogEnd : offset;
}
