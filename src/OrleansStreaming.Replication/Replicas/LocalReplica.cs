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
internal sealed partial class LocalReplica : ILocalReplica, IObservedReplica
{
    private readonly Lock _gate = new();
    private readonly PartitionLog _log;
    private readonly ReplicaMachine _machine;
    private readonly IReplicaPeers _peers;
    private readonly WaiterSet _waiters = new();
    private readonly CommitWaiters _commits;
    private readonly ReplicationMetrics _metrics;
    private readonly ILogger _logger;
    private readonly KeyValuePair<string, object?> _topicTag;
    private volatile ReplicaStatus _status;
    private ReplicaOptions _options;

    /// <param name="committed">The high watermark of the replica's former life; zero when unknown.</param>
    /// <param name="former">The newest leader epoch of a former life that is known from elsewhere than the log.</param>
    public LocalReplica(ReplicaContext context, PartitionLog log, ReplicaOptions options, Offset committed, LeaderEpoch former)
    {
        _log = log;
        _options = options;
        _peers = context.Peers;
        _metrics = context.Metrics;
        _logger = context.Logger;
        _self = context.Self;
        _diskTakesWrites = context.DiskTakesWrites;
        _topicTag = new("topic", log.Partition.Topic);
        _machine = new ReplicaMachine(
            context.Self, context.BrokerEpoch, log.Partition, log.TopicId, new SegmentedReplicaLog(log), former, committed)
        {
            MaxLag = context.MaxLag,
        };
        _machine.SetMinInSync(options.MinInSync, _peers.Now);
        _commits = new CommitWaiters(
            context.Time, () => _machine.State.HasEnoughInSync ? ErrorCode.RequestTimedOut : ErrorCode.NotEnoughReplicasAfterAppend);
        _flushTimer = context.Time.CreateTimer(_ => OnFlushTimer(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
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
        bool isSyncDue;
        lock (_gate)
        {
            var before = _machine.State.InSync.Length;
            var change = _machine.Assign(state, _peers.Now);
            switch (change)
            {
                case RoleChange.None:
                    return;
                case RoleChange.SetsChanged:
                    _metrics.InSyncChanged(_topicTag, before, _machine.State.InSync.Length);
                    Settle();
                    break;
                default:
                    Fail(ErrorCode.NotLeaderOrFollower);
                    break;
            }

            LookAtPeers();
            isSyncDue = _machine.IsLeader && _machine.IsSyncDue;
        }

        _waiters.Signal();
        if (isSyncDue)
        {
            // What was recovered counts only when it is synced.
            _ = FlushAsync();
        }
    }

    /// <summary>The same process has registered again: what it holds, it holds under the new epoch.</summary>
    public void Reregister(long brokerEpoch)
    {
        lock (_gate)
        {
            _machine.BrokerEpoch = brokerEpoch;
        }
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
            _machine.SetMinInSync(options.MinInSync, _peers.Now);
            Settle();
            Push();
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
            _machine.IsLeader && _log.WriteFault is null)
        {
            Leader = _machine.State.Leader,
        };
    }
}
