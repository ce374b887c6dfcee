using OrleansStreaming.Records.Ids;

namespace OrleansStreaming.Replication.Partitions;

public sealed partial class PartitionMachine
{
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
    /// A follower holds everything before <paramref name="end"/>, which may be less than it held before; counted only when it said
    /// so in this epoch. True when the high watermark moved.
    /// </summary>
    public bool Acknowledge(BrokerId follower, LeaderEpoch epoch, Offset end)
    {
        var index = IndexOf(follower);
        if (!IsLeader || epoch != Epoch || index < 0)
        {
            return false;
        }

        _followers[index] = new FollowerState(follower, end);
        return AdvanceHighWatermark();
    }

    /// <summary>It is not known any more what a follower holds: while it counts, nothing more is committed.</summary>
    public void Forget(BrokerId follower)
    {
        if (IndexOf(follower) is >= 0 and var index)
        {
            _followers[index] = FollowerState.Unknown(follower);
        }
    }

    /// <summary>Whether a follower has reached the high watermark and the start of this epoch, so that it may join the in-sync set.</summary>
    public bool IsCaughtUp(BrokerId follower)
    {
        var end = Follower(follower).LogEnd;
        return IsLeader && end >= HighWatermark && end >= EpochStart;
    }

    /// <summary>An in-sync set is asked for: until a newer state comes, it counts with all others asked for and the known one.</summary>
    public void Propose(BrokerId[] wish)
    {
        Proposed = wish;
        _counted = [.. _counted.Union(wish)];
    }

    /// <summary>It is in the in-sync set, or in one that was asked for and may turn out to be the true one.</summary>
    public bool IsCounted(BrokerId follower) => _counted.Contains(follower);

    /// <summary>It may lead, should the in-sync replicas be gone (KIP-966).</summary>
    public bool IsEligible(BrokerId follower) => _eligible.Contains(follower);

    private FollowerState Follower(BrokerId broker)
    {
        var index = IndexOf(broker);
        return index < 0 ? FollowerState.Unknown(broker) : _followers[index];
    }

    private int IndexOf(BrokerId follower)
    {
        for (var i = 0; i < _followers.Length; i++)
        {
            if (_followers[i].Broker == follower)
            {
                return i;
            }
        }

        return -1;
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
            if (follower.LogEnd < lowest && _counted.Contains(follower.Broker))
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
