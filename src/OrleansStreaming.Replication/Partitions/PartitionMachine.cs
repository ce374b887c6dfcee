using OrleansStreaming.Contracts.Cluster;
using OrleansStreaming.Contracts.Replication;
using OrleansStreaming.Records.Errors;
using OrleansStreaming.Records.Ids;

namespace OrleansStreaming.Replication.Partitions;

/// <summary>
/// The decisions of one replica: its role and epoch, what is committed, and which in-sync sets to propose. Knows offsets only,
/// no log, no time, no network. One caller at a time.
/// </summary>
/// <remarks>
/// The high watermark is the lowest log end of the in-sync replicas, this one's counted up to what is as durable as the topic
/// asks. It never goes back, and stands still while fewer than <see cref="EffectiveMinInSync"/> are in sync (KIP-966). While a
/// change of the in-sync set is in flight, the members of both sets count, because either may turn out to be the true one.
/// </remarks>
/// <param name="committed">The high watermark that is known from the replica's former life, or its log start.</param>
public sealed class PartitionMachine(BrokerId self, Offset committed)
{
    private BrokerId[] _replicas = [];
    private BrokerId[] _inSync = [];
    private BrokerId[]? _proposed;
    private FollowerState[] _followers = [];
    private int _minInSync = 1;

    public bool IsLeader { get; private set; }

    public LeaderEpoch Epoch { get; private set; } = LeaderEpoch.None;

    public PartitionEpoch PartitionEpoch { get; private set; } = new(-1);

    /// <summary>Where this leader's epoch begins: a follower that has not got so far may lack what is committed.</summary>
    public Offset EpochStart { get; private set; } = Offset.Zero;

    public Offset HighWatermark { get; private set; } = committed;

    /// <summary>The end of this replica's log, as far as it counts for the high watermark.</summary>
    public Offset LocalEnd { get; private set; } = Offset.Zero;

    public ReadOnlySpan<BrokerId> InSync => _inSync;

    /// <summary>The in-sync set asked for and not yet decided; null when none is.</summary>
    public IReadOnlyList<BrokerId>? Proposed => _proposed;

    public ReadOnlySpan<FollowerState> Followers => _followers;

    /// <summary><c>min.insync.replicas</c>, but never more than there are replicas, as in Kafka.</summary>
    public int EffectiveMinInSync => Math.Min(_minInSync, Math.Max(_replicas.Length, 1));

    public bool HasEnoughInSync => _inSync.Length >= EffectiveMinInSync;

    /// <summary>Takes the partition's state as its topic grain wrote it; states that are not newer change nothing.</summary>
    /// <param name="logEnd">The end of the local log now.</param>
    public RoleChange Assign(PartitionDescription state, Offset logEnd)
    {
        if (state.LeaderEpoch < Epoch || state.PartitionEpoch <= PartitionEpoch)
        {
            return RoleChange.None;
        }

        var isNewEpoch = state.LeaderEpoch > Epoch;
        Epoch = state.LeaderEpoch;
        PartitionEpoch = state.PartitionEpoch;
        _replicas = [.. state.Replicas];
        _inSync = [.. state.InSyncReplicas];
        _proposed = null;
        if (state.Leader != self)
        {
            IsLeader = false;
            _followers = [];
            return RoleChange.BecameFollower;
        }

        IsLeader = true;
        if (isNewEpoch)
        {
            EpochStart = logEnd;
            LocalEnd = logEnd;
            _followers = [];
        }

        _followers = [.. _replicas.Where(broker => broker != self).Select(Follower)];
        AdvanceHighWatermark();
        return isNewEpoch ? RoleChange.BecameLeader : RoleChange.SetsChanged;
    }

    /// <summary>Gives up leading until a newer state says otherwise, e.g. because the broker stops.</summary>
    public void Resign()
    {
        IsLeader = false;
        _proposed = null;
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

    /// <summary>Whether an append may begin.</summary>
    public ErrorCode CheckAppend(LeaderEpoch believed, RequiredAcks acks)
    {
        var error = CheckLeader(believed);
        return error == ErrorCode.None && acks == RequiredAcks.All && !HasEnoughInSync ? ErrorCode.NotEnoughReplicas : error;
    }

    /// <summary>The local log counts up to here; true when the high watermark moved.</summary>
    public bool CountLocal(Offset end)
    {
        if (end > LocalEnd)
        {
            LocalEnd = end;
        }

        return AdvanceHighWatermark();
    }

    /// <summary>
    /// A follower holds everything before <paramref name="end"/>; counted only when it said so in this epoch. True when the high
    /// watermark moved.
    /// </summary>
    public bool Acknowledge(BrokerId follower, LeaderEpoch epoch, Offset end)
    {
        var index = Array.FindIndex(_followers, state => state.Broker == follower);
        if (!IsLeader || epoch != Epoch || index < 0 || end <= _followers[index].LogEnd)
        {
            return false;
        }

        _followers[index] = new FollowerState(follower, end);
        return AdvanceHighWatermark();
    }

    /// <summary>
    /// The in-sync set to propose so that a follower joins; null while it has not caught up with the high watermark and with the
    /// start of this epoch, or while another proposal is in flight.
    /// </summary>
    public BrokerId[]? ProposeJoin(BrokerId follower)
    {
        if (!IsLeader || _proposed is not null || _inSync.Contains(follower) || !_replicas.Contains(follower))
        {
            return null;
        }

        var end = Follower(follower).LogEnd;
        return end >= HighWatermark && end >= EpochStart ? _proposed = [.. _inSync, follower] : null;
    }

    /// <summary>The in-sync set to propose so that these leave it; null when that changes nothing or a proposal is in flight.</summary>
    public BrokerId[]? ProposeLeave(IReadOnlyCollection<BrokerId> leaving)
    {
        if (!IsLeader || _proposed is not null)
        {
            return null;
        }

        BrokerId[] remaining = [.. _inSync.Where(broker => broker == self || !leaving.Contains(broker))];
        return remaining.Length == _inSync.Length ? null : _proposed = remaining;
    }

    private FollowerState Follower(BrokerId broker)
    {
        var index = Array.FindIndex(_followers, state => state.Broker == broker);
        return index < 0 ? FollowerState.Unknown(broker) : _followers[index];
    }

    private bool AdvanceHighWatermark()
    {
        if (!IsLeader || !HasEnoughInSync)
        {
            return false;
        }

        var lowest = LocalEnd;
        foreach (var follower in _followers)
        {
            if (follower.LogEnd < lowest && (_inSync.Contains(follower.Broker) || (_proposed?.Contains(follower.Broker) ?? false)))
            {
                lowest = follower.LogEnd;
            }
        }

        if (lowest <= HighWatermark)
        {
            return false;
        }

        HighWatermark = lowest;
        return true;
    }
}
