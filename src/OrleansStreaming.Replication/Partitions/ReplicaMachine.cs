using OrleansStreaming.Contracts.Cluster;
using OrleansStreaming.Contracts.Replication;
using OrleansStreaming.Records.Ids;

namespace OrleansStreaming.Replication.Partitions;

/// <summary>
/// One replica's whole behaviour without threads, disk or network: its log is a seam, time comes in as an argument (monotonic,
/// since any one origin), and what it wants sent or asked for goes out as values. One caller at a time.
/// </summary>
/// <remarks>
/// Primary/backup push with Kafka's epochs: the leader probes where a follower ends, cuts it to the common beginning, then
/// streams. A follower takes only what follows its log's end under the very epoch it has there.
/// </remarks>
public sealed partial class ReplicaMachine
{
    private readonly BrokerId _self;
    private readonly TopicPartition _partition;
    private readonly TopicId _topic;
    private readonly IReplicaLog _log;
    private readonly PartitionMachine _state;

    /// <param name="brokerEpoch">Under which this process is registered.</param>
    /// <param name="former">
    /// The newest leader epoch known from before this process, beside what the log knows: it does not lead in it again.
    /// </param>
    /// <param name="committed">The high watermark of the replica's former life; zero when unknown.</param>
    public ReplicaMachine(
        BrokerId self, long brokerEpoch, TopicPartition partition, TopicId topic, IReplicaLog log, LeaderEpoch former, Offset committed)
    {
        _self = self;
        BrokerEpoch = brokerEpoch;
        _partition = partition;
        _topic = topic;
        _log = log;
        _state = new PartitionMachine(self, former > log.LatestEpoch ? former : log.LatestEpoch, committed);
        _state.BoundHighWatermark(log.LogStart, log.LogEnd);
    }

    /// <summary>Under which this process is registered; it may register again.</summary>
    public long BrokerEpoch { get; set; }

    /// <summary>Role, epochs, in-sync set and high watermark; not to be changed from outside.</summary>
    public PartitionMachine State => _state;

    public bool IsLeader => _state.IsLeader;

    public LeaderEpoch Epoch => _state.Epoch;

    public Offset HighWatermark => _state.HighWatermark;

    /// <summary>How far this replica holds the partition's records, for an election that may lose some.</summary>
    public EpochEnd SoundEnd => _log.SoundEnd;

    /// <summary>
    /// What is in the log, but not yet as durable as the topic asks: an answer to a leader, and a leader's own count, wait for a
    /// sync.
    /// </summary>
    public bool IsSyncDue => _log.DurableEnd < _log.LogEnd;

    /// <summary>Takes the partition's state as its topic grain wrote it; older states change nothing.</summary>
    /// <exception cref="IOException">The disk refused to begin an epoch.</exception>
    public RoleChange Assign(PartitionDescription state, TimeSpan now)
    {
        // Elected was the process before this one: it may have had records that this one lacks.
        if (state.Leader == _self && state.LeaderBrokerEpoch >= 0 && state.LeaderBrokerEpoch != BrokerEpoch)
        {
            return RoleChange.None;
        }

        var change = _state.Assign(state, _log.LogEnd, _log.DurableEnd);
        switch (change)
        {
            case RoleChange.BecameLeader:
                _log.BeginEpoch(_state.Epoch);
                _streams = [.. Followers().Select(broker => new FollowerStream(broker, now))];
                break;
            case RoleChange.SetsChanged:
                _streams = [.. Followers().Select(broker => Stream(broker) ?? new FollowerStream(broker, now))];
                TellHighWatermark(now);
                break;
            case RoleChange.BecameFollower:
                _streams = [];
                break;
        }

        return change;
    }

    /// <summary>Leads and follows no more until a newer state says otherwise.</summary>
    public void Resign()
    {
        _state.Resign();
        _streams = [];
    }

    /// <summary>Sets <c>min.insync.replicas</c>; true when the high watermark moved.</summary>
    public bool SetMinInSync(int count, TimeSpan now)
    {
        var isMoved = _state.SetMinInSync(count);
        return isMoved && TellHighWatermark(now);
    }

    private IEnumerable<BrokerId> Followers() => _state.Replicas.ToArray().Where(broker => broker != _self);
}
