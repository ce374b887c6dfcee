using OrleansStreaming.Contracts.Cluster;
using OrleansStreaming.Contracts.Replication;
using OrleansStreaming.Records.Errors;
using OrleansStreaming.Records.Ids;

namespace OrleansStreaming.Replication.Partitions;

/// <summary>
/// The decisions of one replica about its role and epoch, and about what is committed. Knows offsets only, no log, no time, no
/// network. One caller at a time.
/// </summary>
/// <remarks>
/// A leader's high watermark is the lowest log end of the in-sync replicas, this one's counted up to what is as durable as the
/// topic asks. It never goes back, and stands still while fewer than <see cref="EffectiveMinInSync"/> are in sync (KIP-966).
/// While a change of the in-sync set is in flight, the members of every set asked for count with those of the known one, because
/// any of them may turn out to be the true one.
/// </remarks>
/// <param name="former">The newest epoch of the replica's former life: it never leads in it again, because it may lack a tail.</param>
/// <param name="committed">The high watermark that is known from the replica's former life, or its log start.</param>
public sealed partial class PartitionMachine(BrokerId self, LeaderEpoch former, Offset committed)
{
    private readonly LeaderEpoch _former = former;
    private BrokerId[] _replicas = [];
    private BrokerId[] _inSync = [];
    private BrokerId[] _eligible = [];
    private BrokerId[] _counted = [];
    private FollowerState[] _followers = [];
    private int _minInSync = 1;

    public bool IsLeader { get; private set; }

    /// <summary>The newest leader epoch known, from a state, from a leader's word, or from the log.</summary>
    public LeaderEpoch Epoch { get; private set; } = former;

    /// <summary>The leader of <see cref="Epoch"/>; none when there is none or it is not known.</summary>
    public BrokerId Leader { get; private set; } = BrokerId.None;

    public PartitionEpoch PartitionEpoch { get; private set; } = new(-1);

    /// <summary>Where this leader's epoch begins: a follower that has not got so far may lack what is committed.</summary>
    public Offset EpochStart { get; private set; } = Offset.Zero;

    public Offset HighWatermark { get; private set; } = committed;

    /// <summary>The end of this replica's log, as far as it counts for the high watermark.</summary>
    public Offset LocalEnd { get; private set; } = Offset.Zero;

    public ReadOnlySpan<BrokerId> Replicas => _replicas;

    public ReadOnlySpan<BrokerId> InSync => _inSync;

    /// <summary>The in-sync set asked for last and not yet decided; null when none is.</summary>
    public IReadOnlyList<BrokerId>? Proposed { get; private set; }

    public ReadOnlySpan<FollowerState> Followers => _followers;

    /// <summary><c>min.insync.replicas</c>, but never more than there are replicas, as in Kafka.</summary>
    public int EffectiveMinInSync => Math.Min(_minInSync, Math.Max(_replicas.Length, 1));

    public bool HasEnoughInSync => _inSync.Length >= EffectiveMinInSync;

    /// <summary>Takes the partition's state as its topic grain wrote it; states that are not newer change nothing.</summary>
    /// <param name="logEnd">The end of the local log now.</param>
    /// <param name="durableEnd">The end of what is as durable as the topic asks.</param>
    public RoleChange Assign(PartitionDescription state, Offset logEnd, Offset durableEnd)
    {
        var isFormerLife = state.Leader == self && state.LeaderEpoch <= _former;
        if (state.LeaderEpoch < Epoch || state.PartitionEpoch <= PartitionEpoch || isFormerLife)
        {
            return RoleChange.None;
        }

        var leadsOn = IsLeader && state.Leader == self && state.LeaderEpoch == Epoch;
        Epoch = state.LeaderEpoch;
        PartitionEpoch = state.PartitionEpoch;
        Leader = state.Leader;
        _replicas = [.. state.Replicas];
        _inSync = [.. state.InSyncReplicas];
        _eligible = [.. state.EligibleLeaderReplicas];
        _counted = _inSync;
        Proposed = null;
        IsLeader = state.Leader == self;
        if (!leadsOn)
        {
            _followers = [];
            EpochStart = logEnd;
            LocalEnd = durableEnd;
        }

        if (!IsLeader)
        {
            return RoleChange.BecameFollower;
        }

        _followers = [.. _replicas.Where(broker => broker != self).Select(Follower)];
        AdvanceHighWatermark();
        return leadsOn ? RoleChange.SetsChanged : RoleChange.BecameLeader;
    }

    /// <summary>Gives up leading until a newer state says otherwise, e.g. because the broker stops.</summary>
    public void Resign()
    {
        IsLeader = false;
        Proposed = null;
        _followers = [];
    }

    /// <summary>Sets <c>min.insync.replicas</c>; true when the high watermark moved.</summary>
    public bool SetMinInSync(int count)
    {
        _minInSync = count;
        return AdvanceHighWatermark();
    }

    /// <summary>Whether a leader's caller that believes in this epoch may be served.</summary>
    public ErrorCode CheckLeader(LeaderEpoch believed)
    {
        if (believed != LeaderEpoch.None && believed != Epoch)
        {
            return believed < Epoch ? ErrorCode.FencedLeaderEpoch : ErrorCode.UnknownLeaderEpoch;
        }

        return IsLeader ? ErrorCode.None : ErrorCode.NotLeaderOrFollower;
    }

    /// <summary>
    /// Whether an append may begin. What a leader has already is never refused with NOT_ENOUGH_REPLICAS: by that word a producer
    /// knows that nothing was stored, and may send the records again in other batches, which are then out of order (librdkafka does).
    /// </summary>
    /// <param name="isDuplicate">The batch is in the log already, e.g. as a follower of the last leader took it.</param>
    public ErrorCode CheckAppend(LeaderEpoch believed, RequiredAcks acks, bool isDuplicate)
    {
        var error = CheckLeader(believed);
        return error == ErrorCode.None && acks == RequiredAcks.All && !HasEnoughInSync && !isDuplicate ? ErrorCode.NotEnoughReplicas : error;
    }
}
